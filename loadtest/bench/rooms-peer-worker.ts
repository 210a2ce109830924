// Colyseus and nothing else: a room that shows what a battle of ours showed, at the same times, to the same clients.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { matchMaker, Room, Server, type Client } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { BattleState, DropState, SeatState } from '../../schema/battle-state.ts'
import { answerFor } from './rooms-control.ts'
import { changeOf, readScript, type Change, type View } from './rooms-script.ts'

const script = readScript(process.argv[2]!)
const views = [script.first, ...script.entered, ...script.timed.map(({ view }) => view)]
const changes = views.slice(1).map((view, i) => changeOf(views[i]!, view))
const entering = changes.slice(0, script.entered.length)
const timed = changes.slice(script.entered.length)

class PeerRoom extends Room<{ state: BattleState }> {
  override state = stateOf(script.first)
  override patchRate = 60_000
  override autoDispose = false
  #entered = 0
  override messages = {
    join: (client: Client, { command }: { command: number }) => {
      for (const [i, change] of timed.entries()) setTimeout(() => this.#show(change), script.timed[i]!.after_ms)
      client.send('reply', { command, ok: true })
    },
  }

  override onCreate({ roomId }: { roomId: string }): void {
    this.roomId = roomId
  }

  override onJoin(): void {
    if (this.clients.length < 2) return
    this.autoDispose = true
    for (; this.#entered < entering.length; this.#entered++) this.#show(entering[this.#entered]!)
  }

  #show(change: Change): void {
    apply(this.state, change)
    this.broadcastPatch()
  }
}

function stateOf({ seats, rounds, ...fields }: View): BattleState {
  const { drops: _drops, winners: _winners, ...plain } = fields
  const state = new BattleState().assign(plain)
  for (const round of rounds as string[]) state.rounds.push(round)
  for (const seat of seats as View[]) state.seats.push(new SeatState().assign(seat))
  return state
}

function apply(state: BattleState, { fields, seats, drops, winners }: Change): void {
  for (const [name, value] of fields) Reflect.set(state, name, value)
  for (const [index, name, value] of seats) Reflect.set(state.seats[index]!, name, value)
  for (const drop of drops) state.drops.push(new DropState().assign(drop))
  if (winners.length > 0) state.winners.push(...winners)
}

const http = createServer()
const colyseus = new Server({
  transport: new WebSocketTransport({ server: http }),
  greet: false,
  gracefullyShutdown: false,
})
colyseus.define('battle', PeerRoom)
await colyseus.listen(0, '127.0.0.1')

answerFor({
  url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
  async open(count) {
    const ids = Array.from({ length: count }, () => `battle-${randomUUID()}-1`)
    for (const roomId of ids) await matchMaker.createRoom('battle', { roomId })
    return ids.map((id) => ({ id, tokens: ['', ''] as const }))
  },
  close: () => colyseus.gracefullyShutdown(false),
})
