import { createServer, type AddressInfo } from 'node:net'

/** Whether nobody listens on this TCP port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryListen(port)) === port
}

/** A TCP port of 127.0.0.1 that nobody listens on now; someone else may still come first, so be ready to ask again. */
export async function freePort(): Promise<number> {
  const port = await tryListen(0)
  if (port === undefined) throw new Error('the system gives no free TCP port')
  return port
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo
      server.close(() => resolve(address.port))
    })
  })
}
