import { readBattleRef } from '../schema/battle-ref.ts'
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { verifyBeacon } from '../client-sdk/verify-beacon.ts'
import { verifyBattle, type Noted, type StageName, type Verification } from '../game/battle/verify.ts'
import { verifyOpening } from '../game/opening/verify.ts'
import type { BattleProof } from '../schema/http.ts'
import type { OpeningProof } from '../schema/opening.ts'

const USAGE = `npm run verify -- <file with a proof | id of a battle (id~key of an unlisted one) or of an opening>
  --url URL           where the proof is asked for (http://127.0.0.1:3000)
  --seed-hash HEX     the hash of the server seed that was noted beforehand
  --boxes-hash HEX    the hash of the boxes, or of the box, that was noted then
  --client-seed HEX   of an opening: the client seed that you gave
  --nonce N           of an opening: the nonce that was to come next
  --anchor HEX        the head of the hash chain, or the key of the beacon, that was published before
  --round N           the round that was named when the last seat was taken`

/** What each stage asks, in words a player understands. */
const questions: Readonly<Record<'battle' | 'opening', Readonly<Record<StageName, string>>>> = {
  battle: {
    seed: 'Is the server seed the one promised before anyone joined?',
    randomness: 'Are boxes, players’ seeds and the public value the ones fixed beforehand?',
    game: 'Does every round come out the same again?',
    payout: 'Do winners and payouts follow from the rounds?',
  },
  opening: {
    seed: 'Is the server seed the one promised before the client seed was given?',
    randomness: 'Are box, client seed and nonces the ones fixed beforehand?',
    game: 'Does every draw come out the same again?',
    payout: 'Do price and payouts follow from the draws?',
  },
}

type Verified = Readonly<{ kind: 'battle' | 'opening'; id: string; title: string; verification: Verification }>

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
      'client-seed': { type: 'string' },
      nonce: { type: 'string' },
      anchor: { type: 'string' },
      round: { type: 'string' },
    },
    allowPositionals: true,
  })
  const [what, ...more] = positionals
  if (what === undefined || more.length > 0) throw new Error(`say which battle or opening\n${USAGE}`)
  const verified = verifiedBy(await proofOf(what, values.url), values)
  const { kind, id, title, verification } = verified
  const { ok, stages } = verification
  console.log(title)
  for (const stage of stages) {
    console.log(`${stage.ok ? 'yes' : 'NO '}  ${stage.name.padEnd(10)}  ${questions[kind][stage.name]}`)
    if (!stage.ok) console.log(`                 ${stage.detail}`)
  }
  const failed = stages.find((stage) => !stage.ok)
  console.log(
    ok ? `This ${kind} is what it was promised to be.` : `This ${kind} does NOT verify: it fails at ${failed?.name}.`,
  )
  const told = { [kind]: id, stages: Object.fromEntries(stages.map((stage) => [stage.name, stage.ok])) }
  console.log(JSON.stringify({ verify: ok ? 'ok' : 'failed', ...told, ...(!ok && { fails: failed?.name }) }))
  return ok ? 0 : 1
}

/** Recomputes whatever it is the proof of, held against what was noted. */
function verifiedBy(proof: BattleProof | OpeningProof, noted: Readonly<Record<string, string | undefined>>): Verified {
  const { 'seed-hash': seedHash, 'boxes-hash': boxesHash, 'client-seed': clientSeed, anchor, round, nonce } = noted
  const common = seedHash !== undefined && { seedHash }
  if ('opening' in proof) {
    const verification = verifyOpening(proof, {
      ...common,
      ...(boxesHash !== undefined && { boxHash: boxesHash }),
      ...(clientSeed !== undefined && { clientSeed }),
      ...(nonce !== undefined && { nonce: Number(nonce) }),
    })
    const title = `opening ${proof.opening}, ${proof.drops?.length} of ${proof.box?.id}`
    return { kind: 'opening', id: proof.opening, title, verification }
  }
  const seen: Noted = {
    ...common,
    ...(boxesHash !== undefined && { boxesHash }),
    ...(anchor !== undefined && { anchor }),
    ...(round !== undefined && { entropyRound: Number(round) }),
  }
  const title = `battle ${proof.battle}, ${proof.mode}, ${proof.seats?.length} seats`
  return { kind: 'battle', id: proof.battle, title, verification: verifyBattle(proof, seen, verifyBeacon) }
}

/** The proof in a file, or that of a battle or an opening by its id; also out of the whole description of a battle. */
async function proofOf(what: string, url: string): Promise<BattleProof | OpeningProof> {
  const json: unknown = JSON.parse(existsSync(what) ? readFileSync(what, 'utf8') : await fetched(what, url))
  const proof = isRecord(json) && isRecord(json['proof']) ? json['proof'] : json
  if (!isRecord(proof) || !('serverSeed' in proof))
    throw new Error(`${what} is not the proof of a battle or an opening`)
  return proof as BattleProof | OpeningProof
}

/** Asks for both: an id alone does not say what it is of. */
async function fetched(id: string, url: string): Promise<string> {
  if (readBattleRef(id) === undefined) throw new Error(`${id} is neither a file nor the id of a battle or an opening`)
  const base = url.replace(/\/+$/, '')
  let refusal = ''
  for (const path of [`/battles/${id}/proof`, `/openings/${id}/proof`]) {
    const response = await fetch(base + path).catch((error: unknown) => {
      throw new Error(`${url} does not answer; --url says where else to ask`, { cause: error })
    })
    const text = await response.text()
    if (response.ok) return text
    refusal = `${url} answers ${response.status}: ${text.slice(0, 200)}`
    if (response.status !== 404) break
  }
  throw new Error(refusal)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
