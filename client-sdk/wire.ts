import type { Room } from '@colyseus/sdk'

/** A joined room as the rest of the client sees it: one socket, gone once and for good when it is gone. */
export type Wire = Readonly<{
  /** `host[:port][/path]/process` of the node at the other end. */
  address: string
  /** Called once. Code 0 stands for an end that came without a close frame of the other side. */
  onGone(listen: (code: number, reason: string) => void): void
  onState(listen: (state: unknown) => void): void
  onMessage(type: string, listen: (message: unknown) => void): void
  send(type: string, message: unknown): void
  /** `pong` is called when the node answers; never when it does not. */
  ping(pong: () => void): void
  /** Says goodbye and closes. */
  leave(): void
  /** Closes without a word and reports no end: for a node that no longer answers. */
  drop(): void
}>

/** Colyseus's room as a wire. Its own reconnection is switched off: it only ever tries the same address again. */
export function wireOf(room: Room): Wire {
  room.reconnection.enabled = false
  room.onError(() => {}) // an error of the socket is followed by its close, which is what we act on
  return {
    address: addressOf(new URL(room.connection.url!)),
    onGone: (listen) => void room.onLeave((code, reason) => listen(code, reason ?? '')),
    onState: (listen) => void room.onStateChange((state) => listen(state)),
    onMessage: (type, listen) => void room.onMessage(type, listen),
    send: (type, message) => {
      if (room.connection.isOpen) room.send(type, message)
    },
    ping: (pong) => room.ping(pong),
    leave: () => void room.leave(room.connection.isOpen),
    drop: () => {
      room.removeAllListeners()
      room.connection.close()
    },
  }
}

/** Without the room, which stands last in the path. */
function addressOf({ host, pathname }: URL): string {
  return host + pathname.slice(0, pathname.lastIndexOf('/'))
}
