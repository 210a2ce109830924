import type { Context } from 'hono'
import type { Tokens } from '../schema/http.ts'
import type { ServiceEnv, ServiceParts } from './parts.ts'

/** The header by which a client says which device it is: an id that it made and keeps. */
const DEVICE = 'x-rollingdrop-device'
const DEVICE_ID = /^[\w-]{16,64}$/

/**
 * Remembers from where and with what somebody has signed in, and gives the tokens on. Nobody waits for it. Without an id
 * of its own a device is what the browser calls itself at that address: by its name alone half the world would be one.
 */
export function arrived(c: Context<ServiceEnv>, { access, signals }: ServiceParts, tokens: Tokens): Tokens {
  const { address, device } = c.var.origin
  const id = c.req.header(DEVICE)
  const named = id !== undefined && DEVICE_ID.test(id)
  const kept = access
    .authenticate(tokens.token)
    .then(({ tenant, user }) =>
      Promise.all([
        signals.record({ tenant, user }, 'address', network(address)),
        signals.record({ tenant, user }, 'device', named ? id : device ? `${address} ${device}` : ''),
      ]),
    )
  // Revoked in this very moment: then there is nobody to remember.
  kept.catch(() => {})
  return tokens
}

/** One household: an IPv4 address, or the 64 bits of an IPv6 one that name its network. */
function network(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
