import { connect, type Socket } from 'node:net'

/** Told of an answer; status 0 is none. */
export type Answered = (status: number) => void

type Waiting = Readonly<{ request: string; answered: Answered }>

const HEAD_END = Buffer.from('\r\n\r\n')
const CHUNKS_END = Buffer.from('0\r\n\r\n')

/**
 * Requests over kept connections, one at a time on each, as text that is written as it stands: what a driver that shares the machine
 * with what it measures can afford. What finds no free connection waits in order.
 */
export class HttpSockets {
  readonly #port: number
  readonly #max: number
  readonly #free: HttpSocket[] = []
  readonly #waiting: Waiting[] = []
  #taken = 0
  #count = 0

  constructor(port: number, connections_max: number) {
    this.#port = port
    this.#max = connections_max
  }

  /** Requests that have no answer yet. */
  get open(): number {
    return this.#taken + this.#waiting.length
  }

  send(request: string, answered: Answered): void {
    const socket = this.#free.pop() ?? this.#another()
    if (socket === undefined) this.#waiting.push({ request, answered })
    else this.#send(socket, { request, answered })
  }

  close(): void {
    for (const socket of this.#free) socket.close()
  }

  #another(): HttpSocket | undefined {
    if (this.#count === this.#max) return undefined
    this.#count++
    return new HttpSocket(this.#port)
  }

  #send(socket: HttpSocket, { request, answered }: Waiting): void {
    this.#taken++
    socket.send(request, (status) => {
      this.#taken--
      answered(status)
      const next = this.#waiting.shift()
      const fit = socket.isOpen ? socket : new HttpSocket(this.#port)
      if (next === undefined) this.#free.push(fit)
      else this.#send(fit, next)
    })
  }
}

/** One connection. Reads no more of an answer than its status and where it ends. */
class HttpSocket {
  readonly #socket: Socket
  #answered: Answered | undefined
  #read: Buffer | undefined
  isOpen = true

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes))
    this.#socket.on('error', () => {}) // `close` follows.
    this.#socket.on('close', () => {
      this.isOpen = false
      this.#end(0)
    })
  }

  send(request: string, answered: Answered): void {
    this.#answered = answered
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    const read = this.#read === undefined ? bytes : Buffer.concat([this.#read, bytes])
    this.#read = read
    const head = read.indexOf(HEAD_END)
    if (head === -1) return
    const headers = read.toString('latin1', 0, head)
    const length = /\r\ncontent-length: (\d+)/i.exec(headers)
    const isWhole =
      length === null
        ? read.subarray(-CHUNKS_END.length).equals(CHUNKS_END)
        : read.length >= head + HEAD_END.length + Number(length[1])
    if (!isWhole) return
    this.#read = undefined
    this.#end(Number(headers.slice(9, 12)))
  }

  #end(status: number): void {
    const answered = this.#answered
    this.#answered = undefined
    answered?.(status)
  }
}
