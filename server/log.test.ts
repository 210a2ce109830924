import { expect, test } from 'vitest'
import { beginTrace, within } from '../access/trace.ts'
import { openLog } from './log.ts'

function listen() {
  const lines: string[] = []
  const log = openLog('info', { write: (line) => void lines.push(line) })
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> }
}

test('a line written for a request says which one, and no other line does', () => {
  const { log, last } = listen()
  const trace = beginTrace({ requestId: 'request-1' })
  within(trace, () => log.warn({ part: 'x' }, 'for a request'))
  expect(last()).toMatchObject({ requestId: 'request-1', traceId: trace.traceId, part: 'x', msg: 'for a request' })
  log.warn('by itself')
  expect(last()).not.toHaveProperty('requestId')
})

test('of an error its name, code, message, stack and causes are written, and nothing that a library hung on it', () => {
  const { log, last } = listen()
  const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(ann@example.com)' })
  log.error({ err: new Error('outer', { cause }) }, 'failed')
  expect(last()['err']).toEqual({
    name: 'Error',
    message: 'outer',
    stack: expect.any(String) as string,
    cause: { name: 'Error', code: '23505', message: 'duplicate key', stack: expect.any(String) as string },
  })
})

test.each([
  ['a mail address in a message', { err: new Error('no such mailbox: Ann.O+x@mail.example.co.uk') }, 'example.co'],
  ['a mail address anywhere', { what: { deep: ['to ann@example.com'] } }, 'ann@'],
  ['an access token', { url: '/seat?token=eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl' }, 'eyJ'],
  ['credentials of a header', { message: 'sent Authorization: Bearer abc.def-123' }, 'abc.def'],
  ['a password', { password: 'correct horse' }, 'horse'],
  ['the headers of a request', { headers: { authorization: 'HMAC k1', cookie: 'a=b' } }, 'k1'],
  ['a refresh token', { body: { refreshToken: 'r-123456' } }, 'r-123456'],
])('%s does not get into the log', (_, fields, secret) => {
  const { log, lines, last } = listen()
  log.error(fields, 'failed')
  expect(lines.join('')).not.toContain(secret)
  expect(last()['msg']).toBe('failed')
})
