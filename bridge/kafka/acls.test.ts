import { expect, test } from 'vitest'
import { aclCommands } from './acls.ts'

test('a partner may read its two topics in its one group, all by their whole names', () => {
  const commands = aclCommands({ partner: 'acme', prefix: 'x.', brokers: ['a:1', 'b:2'] }).join('\n')
  expect(commands).toContain('--bootstrap-server a:1,b:2')
  expect([...commands.matchAll(/--topic (\S+)/g)].map((match) => match[1])).toEqual([
    'x.partner-acme-events',
    'x.partner-acme-notifications',
  ])
  expect(commands).toContain('--group partner-acme')
  expect(commands).not.toMatch(/prefixed|Write|\*|All/)
})

test('a name that could not be a topic’s, or could be a shell’s, is refused', () => {
  for (const partner of ['a b', '$(rm)', "a'b", '*', '']) {
    expect(() => aclCommands({ partner, prefix: '', brokers: [] })).toThrow(/topic's name/)
  }
})
