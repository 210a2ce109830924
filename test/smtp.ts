import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { vi } from 'vitest'

export type Received = Readonly<{ to: string; text: string }>

/** A real SMTP server that keeps what it is given. `refuse` makes it turn mails away for a while. */
export class TestSmtp {
  readonly received: Received[] = []
  refuse = false
  readonly #server: SMTPServer

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, session, done) => {
        const parts: Buffer[] = []
        stream.on('data', (part: Buffer) => parts.push(part))
        stream.on('end', () => {
          if (this.refuse)
            return done(new Error(`the box of ${session.envelope.rcptTo[0]!.address} is full; try again later`))
          const text = Buffer.concat(parts).toString().replaceAll('=\r\n', '').replaceAll('=3D', '=')
          this.received.push({ to: session.envelope.rcptTo[0]!.address, text })
          done()
        })
      },
    })
  }

  static async start(): Promise<TestSmtp> {
    const smtp = new TestSmtp()
    smtp.#server.listen(0, '127.0.0.1')
    await once(smtp.#server.server, 'listening')
    return smtp
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`
  }

  /** The newest mail to an address that says `words`, as soon as it is there. */
  async mailTo(address: string, words: string): Promise<string> {
    const find = () => this.received.findLast(({ to, text }) => to === address && text.includes(words))
    return vi.waitFor(() => {
      const mail = find()
      if (!mail) throw new Error(`no mail to ${address} that says ${words}`)
      return mail.text
    }, 10_000)
  }

  /** The token of the link in the newest mail to an address that says `words`. */
  async linkTo(address: string, words: string): Promise<string> {
    return /#([A-Za-z0-9_-]{43})/.exec(await this.mailTo(address, words))![1]!
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve))
  }
}
