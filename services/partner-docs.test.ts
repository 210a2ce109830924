import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { partnerOpened } from '../schema/partner-api.ts'
import { serveNode } from '../test/http.ts'
import { openTestNode, type TestNode } from '../test/node.ts'
import { newAdmin, newPartner, signedCall } from '../test/partners.ts'
import { requireService } from '../test/services.ts'

const text = readFileSync(join(import.meta.dirname, '../docs/partners.md'), 'utf8')
const has = (...programs: readonly string[]) =>
  programs.every((program) => requireService(program, spawnSync(program, ['--version']).error === undefined))
const EXAMPLES = [
  { heading: 'TypeScript', language: 'ts', program: process.execPath, isThere: true },
  { heading: 'Python', language: 'python', program: 'python3', isThere: has('python3') },
  { heading: 'curl and openssl', language: 'bash', program: 'bash', isThere: has('bash', 'curl', 'openssl') },
] as const
const LINES_MAX = 32

const folder = mkdtempSync(join(tmpdir(), 'rollingdrop-open-box-'))
let node: TestNode
let server: Awaited<ReturnType<typeof serveNode>>
let admin: string
beforeAll(async () => {
  node = await openTestNode()
  server = await serveNode(node)
  admin = await newAdmin(node)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.close()
  await node.close()
})

for (const { heading, language, program, isThere } of EXAMPLES)
  test.skipIf(!isThere)(
    `the program in ${language} that stands in docs/partners.md opens a box, once an order`,
    async () => {
      const [, code] = new RegExp(`### ${heading}: open-box\n\n\`\`\`${language}\n([^]*?)\`\`\``).exec(text)!
      expect(code!.split('\n').length).toBeLessThanOrEqual(LINES_MAX)
      const file = join(folder, `open.${language === 'ts' ? 'mts' : language}`)
      writeFileSync(file, code!)
      const { key } = await newPartner(node, admin)
      const run = async () => {
        const env = { ...process.env, RD_URL: server.url, RD_KEY: key.id, RD_SECRET: key.secret }
        const child = spawn(program, [file], { env })
        let said = ''
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
        await new Promise((resolve) => child.on('close', resolve))
        return said
      }
      const opened = partnerOpened.parse(JSON.parse(await run()))
      expect(opened).toMatchObject({ user: 'customer-42', box: 'pocket-change', balance: '99750' })
      expect(JSON.parse(await run())).toEqual(opened)
      const { body } = await signedCall(node, key, 'GET', '/partner/v1/users/customer-42')
      expect(body.totals).toEqual([{ asset: 'play:CREDIT', wagered: '250', level: 0 }])
    },
  )
