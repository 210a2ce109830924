import { BlockList, isIP } from 'node:net'

/** Who a request comes from: the socket's address and, where there is one, the header X-Forwarded-For. */
export type Origin = Readonly<{ socket: string | undefined; forwardedFor: string | undefined }>

/**
 * Finds the client's address. A header counts only when the socket belongs to a trusted proxy, and then from the right: the
 * first address that is not a trusted proxy's is the one the outermost trusted proxy saw. What is left of it anyone can write.
 * @param trustedProxies addresses and CIDR ranges
 */
export function clientAddressFinder(trustedProxies: readonly string[]): (origin: Origin) => string {
  const trusted = new BlockList()
  for (const range of trustedProxies) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(bits), family)
  }
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

  return ({ socket, forwardedFor }) => {
    let client = plain(socket ?? '')
    if (!forwardedFor) return client
    for (const hop of forwardedFor.split(',').toReversed()) {
      const address = plain(hop.trim())
      if (!isIP(client) || !isTrusted(client) || !isIP(address)) return client
      client = address
    }
    return client
  }
}

/** IPv4 as a socket that listens on both families gives it, without its IPv6 clothes. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}
