import { html } from 'hono/html'
import type { ProviderEvent } from '../provider.ts'
import { openActs, paidActs } from './acts.ts'
import type { SandboxPayment } from './store.ts'

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: light-dark(#f2f3f7, #14161c) }
  main { width: min(26rem, 92vw); padding: 2rem; border-radius: 1rem; background: light-dark(#fff, #1e2129); box-shadow: 0 1rem 3rem #0003 }
  h1 { font-size: 1rem; margin: 0; opacity: .7 }
  .sum { font-size: 2.2rem; font-weight: 700; margin: .2rem 0 1rem; font-variant-numeric: tabular-nums }
  p { margin: .5rem 0; opacity: .8 }
  form { display: grid; gap: .5rem; margin: 1.2rem 0 }
  button { font: inherit; padding: .7rem 1rem; border-radius: .6rem; border: 1px solid #8886; background: none; color: inherit; cursor: pointer }
  button:first-child { background: #2d6cdf; border-color: #2d6cdf; color: #fff; font-weight: 600 }
  button:hover { filter: brightness(1.12) }
  button:focus-visible, a:focus-visible { outline: 3px solid #7aa7ff; outline-offset: 2px }
  ol { padding-left: 1.2rem; font-size: .9rem }
  a { color: light-dark(#1d4fb3, #8fb4ff) }`

/** Where a sandbox payment is paid: no money, no card, only what is to become of it. */
export function payPage(payment: SandboxPayment, events: readonly ProviderEvent[], back: string) {
  const isPaid = events.some(({ type }) => type === 'paid')
  const isOver = isPaid || events.some(({ type }) => type === 'failed')
  const acts = isPaid ? paidActs : isOver ? [] : openActs
  const rows = events.map(({ type, amount, at_ms }) => {
    const time = new Date(at_ms).toISOString().slice(11, 19)
    return html`<li>${time} ${type} ${sumOf(amount, payment.asset)}</li>`
  })
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Sandbox payment</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <h1>Sandbox payment</h1>
          <div class="sum">${sumOf(payment.amount, payment.asset)}</div>
          <p>Nothing real is paid here. Choose what is to become of it.</p>
          <form method="post">
            ${acts.map(({ name, label }) => html`<button name="act" value="${name}">${label}</button>`)}
          </form>
          ${
            rows.length > 0
              ? html`<ol>
                  ${rows}
                </ol>`
              : ''
          }
          ${back === '' ? '' : html`<p><a href="${back}">Back to the shop</a></p>`}
        </main>
      </body>
    </html>`
}

function sumOf(amount: bigint, asset: string): string {
  const text = `${amount}`.padStart(3, '0')
  return `${text.slice(0, -2)}.${text.slice(-2)} ${asset}`
}
