import { spawn, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewPartnerKey } from '../../access/partner.ts'
import { signedText, streamPage } from '../../schema/partner.ts'
import { openTestRooms, type TestRooms } from '../../test/rooms.ts'
import { requireService } from '../../test/services.ts'

const text = readFileSync(join(import.meta.dirname, '../../docs/partners.md'), 'utf8')
const has = (...programs: readonly string[]) =>
  programs.every((program) => requireService(program, spawnSync(program, ['--version']).error === undefined))
const EXAMPLES = [
  { language: 'ts', program: process.execPath, isThere: true },
  { language: 'python', program: 'python3', isThere: has('python3') },
  { language: 'bash', program: 'bash', isThere: has('bash', 'curl', 'openssl') },
] as const

const folder = mkdtempSync(join(tmpdir(), 'rollingdrop-examples-'))
let node: TestRooms & { close(): Promise<void> }
let key: NewPartnerKey
beforeAll(async () => {
  node = await openTestRooms()
  key = await node.partnerKey('reader')
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await node.close()
})

async function run(language: string, program: string, secret: string): Promise<string> {
  const [, code] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(text) ?? []
  const file = join(folder, `example.${language === 'ts' ? 'mts' : language}`)
  writeFileSync(file, code!)
  const child = spawn(program, [file], {
    env: { ...process.env, RD_URL: node.url, RD_KEY: key.id, RD_SECRET: secret },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  await new Promise((resolve) => child.on('close', resolve))
  return said
}

for (const { language, program, isThere } of EXAMPLES)
  test.skipIf(!isThere)(`the program in ${language} that stands in docs/partners.md is let in`, async () => {
    const page = streamPage.parse(JSON.parse(await run(language, program, key.secret)))
    expect(page.lineage).toBe(node.tail.lineage)
    expect(await run(language, program, `-${key.secret}`)).toMatch(/partner\/signature|401/)
  })

test('the signature that stands in docs/partners.md is that of its example', () => {
  const [, id, secret, method, path, timestamp, nonce, signature] =
    /key `([^`]+)`, secret `([^`]+)`, `(\w+)\s+([^`]+)`[^`]+`(\d+)`[^`]+`([^`]+)`[^`]+`([^`]+)`/.exec(text)!
  const bodyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const signed = signedText({
    key: id!,
    method: method!,
    path: path!,
    timestamp: timestamp!,
    nonce: nonce!,
    bodyHash,
  })
  expect(signature).toBe(createHmac('sha256', secret!).update(signed).digest('hex'))
})
