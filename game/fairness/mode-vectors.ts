import type { BattleMode } from '../../schema/battle-mode.ts'
import { highest, lowest } from '../battle/modes/sides.ts'
import { proofOf } from '../battle/proof.ts'
import { prizeOf } from '../battle/pull.ts'
import { ruleOf, sidesOf } from '../battle/sides.ts'
import { sharesOf } from '../battle/split.ts'
import type { Battle } from '../battle/state.ts'
import { QUICKNET } from './beacon.ts'
import { drawBelow } from './draw.ts'
import { chest, play, SERVER_SEED, tin, twins, type Sitting } from './example.ts'

// Battles of every mode, in teams, on credit and sponsored, with the numbers between the draws and the payouts.

const rounds = [tin, chest, tin]
const of = (mode: BattleMode, sitting: readonly Sitting[], teamSize = 1) =>
  optionVector(
    `mode ${mode}${teamSize > 1 ? ', in teams' : ''}`,
    play(rounds, sitting, { options: { mode, teamSize } }),
  )

/** A round of quicknet as it was published in September 2023. */
const beacon = {
  round: 657_413,
  entropyValue: 'fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587',
  signature: 'b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b',
}

export function modeVectors() {
  return [
    of('crazy', ['ann', 'bob']),
    of('terminal', ['ann', 'bob', 'cid']),
    of('crazy-terminal', ['ann', 'bob', 'cid']),
    of('shared', ['ann', 'bob', 'cid']),
    of('group', ['ann', 'bob', null]),
    of('jackpot', ['ann', 'bob', 'cid']),
    of('crazy-jackpot', ['ann', 'bob', 'cid']),
    of('standard', ['ann', 'bob', 'cid', 'dee'], 2),
    of('crazy-jackpot', ['ann', null, 'cid', 'dee', 'eve', 'fay'], 2),
    optionVector(
      'teams level with each other',
      play([twins], ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'], { options: { teamSize: 3 } }),
    ),
    optionVector(
      'on credit',
      play(
        rounds,
        [
          ['ann', 33],
          ['bob', 75],
        ],
        { options: { borrowMax: 90 } },
      ),
    ),
    optionVector('sponsored', play(rounds, ['ann', 'bob', null], { options: { sponsor: 33 } })),
    optionVector('decided by drand', playOnDrand()),
  ]
}

function playOnDrand(): Battle {
  const { chain, publicKey, genesis_ms, period_ms } = QUICKNET
  const { round, ...value } = beacon
  const due_ms = genesis_ms + (round - 1) * period_ms
  const fix = { source: `drand:${chain}`, round, due_ms, anchor: publicKey }
  return play(rounds, ['ann', 'bob'], { entropy: { fix, value } })
}

/** A settled battle with what decides it: scores, tie-breaks, odds and ticket by side, shares by seat and the house's. */
function optionVector(name: string, battle: Battle) {
  const { mode, teamSize, seats, result } = battle
  const seating = { seats: seats.length, teamSize }
  const sides = sidesOf(seating)
  const last = battle.rounds.length - 1
  const worth = (side: readonly number[], from: number) =>
    result!.pulls
      .filter((pull) => side.includes(pull.seat) && pull.round >= from)
      .reduce((sum, pull) => sum + prizeOf(battle, pull).value, 0n)
  const scores = sides.map((side) => worth(side, mode.endsWith('terminal') ? last : 0))
  const shares = sharesOf(battle, result!)
  const lent = result!.pot - shares.reduce((sum, share) => sum + share, 0n)
  return {
    name,
    rule: ruleOf(mode, seating),
    proof: proofOf(battle),
    scores: scores.map(String),
    ...tie(battle, scores),
    ...ticket(battle, scores),
    totals: result!.totals.map(String),
    pot: `${result!.pot}`,
    shares: shares.map(String),
    lent: `${lent}`,
  }
}

function number(battle: Battle, place: { round: number; seat: number; draw: number }, n: bigint): string {
  const { seats, teamSize } = battle
  const rule = ruleOf(battle.mode, { seats: seats.length, teamSize })
  const clientSeeds = seats.map((seat) => seat!.clientSeed)
  const line = { battle: battle.id, mode: rule, clientSeeds, entropy: battle.entropy!.value!, ...place }
  return drawBelow(SERVER_SEED, line, n).toString()
}

function tie(battle: Battle, scores: readonly bigint[]) {
  const { mode, teamSize, rounds } = battle
  if (mode === 'shared' || mode === 'group' || mode.endsWith('jackpot')) return {}
  const level = mode.startsWith('crazy') ? lowest(scores) : highest(scores)
  if (level.length < 2) return {}
  const at = (side: number) => ({ round: rounds.length, seat: side * teamSize, draw: 1 })
  return { tieNumbers: level.map((side) => ({ side, number: number(battle, at(side), 2n ** 64n) })) }
}

function ticket(battle: Battle, totals: readonly bigint[]) {
  if (!battle.mode.endsWith('jackpot')) return {}
  const pot = totals.reduce((sum, total) => sum + total, 0n)
  const odds = totals.map((total) => (battle.mode === 'jackpot' ? total : pot - total))
  const n = odds.reduce((sum, each) => sum + each, 0n)
  const drawn = number(battle, { round: battle.rounds.length, seat: 0, draw: 0 }, n)
  return { jackpot: { odds: odds.map(String), n: `${n}`, ticket: drawn } }
}
