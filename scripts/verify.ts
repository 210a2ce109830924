import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { verifyBeacon } from '../client-sdk/verify-beacon.ts'
import { verifyBattle, type Noted } from '../game/battle/verify.ts'
import type { BattleProof } from '../schema/http.ts'

const USAGE = `npm run verify -- <file with a proof | battle id>
  --url URL           where a battle's proof is asked for (http://127.0.0.1:3000)
  --seed-hash HEX     the hash of the server seed that was noted while the battle was open
  --boxes-hash HEX    the hash of the boxes that was noted then
  --anchor HEX        the head of the hash chain, or the key of the beacon, that was published before
  --round N           the round that was named when the last seat was taken`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What each stage asks, in words a player understands. */
const questions = {
  seed: 'Is the server seed the one promised before anyone joined?',
  randomness: 'Are boxes, players’ seeds and the public value the ones fixed beforehand?',
  game: 'Does every round come out the same again?',
  payout: 'Do winners and payouts follow from the rounds?',
} as const

try {
  process.exitCode = await verify()
} catch (error) {
  console.log(`cannot be verified: ${error instanceof Error ? error.message : String(error)}`)
  console.log(JSON.stringify({ verify: 'failed', reason: 'no proof' }))
  process.exitCode = 1
}

async function verify(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      'seed-hash': { type: 'string' },
      'boxes-hash': { type: 'string' },
      anchor: { type: 'string' },
      round: { type: 'string' },
    },
    allowPositionals: true,
  })
  const [what, ...more] = positionals
  if (what === undefined || more.length > 0) throw new Error(`say which battle\n${USAGE}`)
  const proof = await proofOf(what, values.url)
  const { 'seed-hash': seedHash, 'boxes-hash': boxesHash, anchor, round } = values
  const noted: Noted = {
    ...(seedHash !== undefined && { seedHash }),
    ...(boxesHash !== undefined && { boxesHash }),
    ...(anchor !== undefined && { anchor }),
    ...(round !== undefined && { entropyRound: Number(round) }),
  }
  const { ok, stages } = verifyBattle(proof, noted, verifyBeacon)
  console.log(`battle ${proof.battle}, ${proof.mode}, ${proof.seats?.length} seats`)
  for (const stage of stages) {
    console.log(`${stage.ok ? 'yes' : 'NO '}  ${stage.name.padEnd(10)}  ${questions[stage.name]}`)
    if (!stage.ok) console.log(`                 ${stage.detail}`)
  }
  const failed = stages.find((stage) => !stage.ok)
  console.log(
    ok ? 'This battle is what it was promised to be.' : `This battle does NOT verify: it fails at ${failed?.name}.`,
  )
  const told = { battle: proof.battle, stages: Object.fromEntries(stages.map((stage) => [stage.name, stage.ok])) }
  console.log(JSON.stringify({ verify: ok ? 'ok' : 'failed', ...told, ...(!ok && { fails: failed?.name }) }))
  return ok ? 0 : 1
}

/** The proof in a file, or that of a battle by its id; also out of the whole description of a battle. */
async function proofOf(what: string, url: string): Promise<BattleProof> {
  const json: unknown = JSON.parse(existsSync(what) ? readFileSync(what, 'utf8') : await fetched(what, url))
  const proof = isRecord(json) && isRecord(json['proof']) ? json['proof'] : json
  if (!isRecord(proof) || !('serverSeed' in proof)) throw new Error(`${what} is not the proof of a battle`)
  return proof as BattleProof
}

async function fetched(battle: string, url: string): Promise<string> {
  if (!UUID.test(battle)) throw new Error(`${battle} is neither a file nor the id of a battle`)
  const response = await fetch(`${url.replace(/\/+$/, '')}/battles/${battle}/proof`).catch((error: unknown) => {
    throw new Error(`${url} does not answer; --url says where else to ask`, { cause: error })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 200)}`)
  return text
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
