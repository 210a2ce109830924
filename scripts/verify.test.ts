import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { BattleProof } from '../schema/http.ts'
import type { OpeningProof } from '../schema/opening.ts'

type Vectors = Readonly<{
  battles: readonly Readonly<{ proof: BattleProof }>[]
  chain: Readonly<{ head: string }>
  solo: Readonly<{ openings: readonly Readonly<{ proof: OpeningProof }>[] }>
}>
const file = join(import.meta.dirname, '../game/fairness/vectors.json')
const { battles, chain, solo } = JSON.parse(readFileSync(file, 'utf8')) as Vectors
const { proof } = battles[0]!
const opening = solo.openings[0]!.proof

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

test('an opening is verified by its id or from a file, against what was noted', async () => {
  const server = http.createServer((request, response) => {
    const isKnown = request.url === `/openings/${opening.opening}/proof`
    response.writeHead(isKnown ? 200 : 404).end(isKnown ? JSON.stringify(opening) : '{}')
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const stages = { seed: true, randomness: true, game: true, payout: true }
    const asked = await verify(opening.opening, '--url', url, '--nonce', '0', '--client-seed', opening.clientSeed)
    expect(asked).toMatchObject({ code: 0, last: { verify: 'ok', opening: opening.opening, stages } })
  } finally {
    server.close()
  }
  const noted = await verify(fileOf(opening), '--client-seed', '00'.repeat(32))
  expect(noted).toMatchObject({ code: 1, last: { verify: 'failed', fails: 'randomness' } })
  const early = await verify(fileOf({ ...opening, serverSeed: null }))
  expect(early).toMatchObject({ code: 1, last: { fails: 'seed' } })
  expect(early.said).toContain('is told when the pair is rotated')
})

test('what is no proof is refused in words', async () => {
  for (const args of [[], ['nothing'], [fileOf([])], [fileOf({})], [proof.battle, '--url', 'http://127.0.0.1:1']]) {
    const { code, said, last } = await verify(...args)
    expect([code, last['verify']]).toEqual([1, 'failed'])
    expect(said).not.toMatch(/\n {4}at /)
  }
})
