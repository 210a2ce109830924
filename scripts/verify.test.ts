import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { BattleProof } from '../schema/http.ts'

type Vectors = Readonly<{ battles: readonly Readonly<{ proof: BattleProof }>[]; chain: Readonly<{ head: string }> }>
const file = join(import.meta.dirname, '../game/fairness/vectors.json')
const { battles, chain } = JSON.parse(readFileSync(file, 'utf8')) as Vectors
const { proof } = battles[0]!

const folder = mkdtempSync(join(tmpdir(), 'verify-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the command; `last` is the JSON of its last line. */
async function verify(...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'verify.ts'), ...args])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  return { code, said, last: JSON.parse(said.trim().split('\n').at(-1)!) as Record<string, unknown> }
}

function fileOf(content: unknown): string {
  const path = join(folder, `${Math.random()}.json`)
  writeFileSync(path, JSON.stringify(content))
  return path
}

test('a proof in a file is verified in four stages, told in words and in one line of JSON', async () => {
  for (const content of [proof, { id: proof.battle, proof }]) {
    const { code, said, last } = await verify(fileOf(content), '--seed-hash', proof.seedHash, '--anchor', chain.head)
    expect(said.match(/^yes /gm)).toHaveLength(4)
    const stages = { seed: true, randomness: true, game: true, payout: true }
    expect(last).toEqual({ verify: 'ok', battle: proof.battle, stages })
    expect(code).toBe(0)
  }
})

test('a proof that was changed fails, and the stage is named', async () => {
  const winners = { ...proof, winners: [0] }
  expect(await verify(fileOf(winners))).toMatchObject({ code: 1, last: { verify: 'failed', fails: 'payout' } })
  const noted = await verify(fileOf(proof), '--seed-hash', '00'.repeat(32))
  expect(noted).toMatchObject({ code: 1, last: { verify: 'failed', fails: 'seed' } })
  expect(noted.said).toContain('the promised hash was another one')
})

test('the proof of a battle is asked for by its id', async () => {
  const server = http.createServer((request, response) => {
    const isKnown = request.url === `/battles/${proof.battle}/proof`
    response.writeHead(isKnown ? 200 : 404).end(isKnown ? JSON.stringify(proof) : 'no such battle')
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  try {
    expect(await verify(proof.battle, '--url', url)).toMatchObject({ code: 0, last: { verify: 'ok' } })
    const unknown = await verify(proof.battle.replace('0', '1'), '--url', url)
    expect(unknown).toMatchObject({ code: 1, last: { verify: 'failed' }, said: expect.stringContaining('404') })
  } finally {
    server.close()
  }
})

test('what is no proof is refused in words', async () => {
  for (const args of [[], ['nothing'], [fileOf([])], [fileOf({})], [proof.battle, '--url', 'http://127.0.0.1:1']]) {
    const { code, said, last } = await verify(...args)
    expect([code, last['verify']]).toEqual([1, 'failed'])
    expect(said).not.toMatch(/\n {4}at /)
  }
})
