import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** IPv6 as it is given out to the world (RFC 4291): what lies outside stands for something else, such as an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an IP address belongs to the public internet: not to this machine, a private network, a carrier, a test, or several
 * machines at once, nor to a translation or tunnel that leads to such a one.
 */
export function isPublic(text: string): boolean {
  if (isIP(text) === 0) return false
  const address = ipaddr.process(text)
  if (address.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST)
}

export function isLoopback(text: string): boolean {
  return isIP(text) !== 0 && ipaddr.process(text).range() === 'loopback'
}
