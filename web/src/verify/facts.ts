import type { Verification } from '../../../client-sdk/api.ts'
import type { BattleProof } from '../../../schema/http.ts'
import { credits } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { itemOf } from '../state/catalog.ts'

type StageName = Verification['stages'][number]['name']

const short = (hex: string | null | undefined) => (hex ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : 'missing')

/** What a stage held against what, with this battle's own values. */
export function factsOf(name: StageName, proof: BattleProof): readonly string[] {
  const seats = proof.seats.length
  switch (name) {
    case 'seed':
      return [`seed ${short(proof.serverSeed)}`, `SHA-256 ${short(proof.seedHash)}`]
    case 'randomness':
      return [
        `boxes ${short(proof.boxesHash)}`,
        count(seats, 'client seed'),
        `round ${proof.entropy?.round ?? '–'} ${short(proof.entropy?.value)}`,
        `anchor ${short(proof.entropy?.anchor)}`,
      ]
    case 'game':
      return [
        `${count(proof.rounds.length, 'round')} × ${count(seats, 'seat')}`,
        `${count(proof.drops.length, 'draw')} recomputed`,
      ]
    case 'payout': {
      const items = proof.payouts
        .filter(({ asset }) => asset !== proof.asset)
        .reduce((n, { amount }) => n + Number(amount), 0)
      const money = proof.payouts
        .filter(({ asset }) => asset === proof.asset)
        .reduce((n, { amount }) => n + BigInt(amount), 0n)
      const seats = proof.winners.map((seat) => seat + 1).join(', ')
      return [
        `${proof.winners.length > 1 ? 'winning seats' : 'winner: seat'} ${seats}`,
        `${count(items, 'item')} paid out`,
        ...(money > 0n ? [`${credits(money)} in credits`] : []),
        ...(proof.limited ?? []).map(({ sku, reserved }) =>
          reserved === 0 ? `${itemOf(sku).name}: paid in credits` : `${itemOf(sku).name}: ${reserved} kept`,
        ),
      ]
    }
    default:
      return name satisfies never
  }
}
