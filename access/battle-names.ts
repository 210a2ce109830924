import type { PoolClient } from 'pg'

type Seats = Readonly<{ seats: readonly (Readonly<{ user: string | null; name: string }> | null)[] }>

const AT_ONCE = 200
/** As a seat shows who is there no more. */
const NOBODY = 'erased'

/** Takes a user's name out of the last states of all battles they sat in, which is no part of what the ledger's chain covers. */
export async function forgetBattleNames(client: PoolClient, { user }: Readonly<{ user: string }>): Promise<void> {
  for (let after = ''; ;) {
    const { rows } = await client.query<{ battle: string; state: string | null }>(
      `select p.battle, f.state from battle_player p left join actor_finished f on f.id = p.battle
       where p.user_id = $1 and p.battle > $2 order by p.battle limit $3`,
      [user, after, AT_ONCE],
    )
    const changed = rows.flatMap(({ battle, state }) =>
      state === null ? [] : [{ battle, state: nameless(state, user) }],
    )
    await client.query(
      `update actor_finished f set state = n.state from unnest($1::text[], $2::text[]) n(battle, state) where f.id = n.battle`,
      [changed.map(({ battle }) => battle), changed.map(({ state }) => state)],
    )
    const last = rows.at(-1)
    if (rows.length < AT_ONCE || !last) return
    after = last.battle
  }
}

/** The state with the same fields in the same order: whoever reads it finds all but the name. */
function nameless(state: string, user: string): string {
  const battle = JSON.parse(state) as Seats
  const seats = battle.seats.map((seat) => (seat?.user === user ? Object.assign({}, seat, { name: NOBODY }) : seat))
  return JSON.stringify(Object.assign({}, battle, { seats }))
}
