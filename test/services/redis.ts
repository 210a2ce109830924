import { spawnSync } from 'node:child_process'
import { Redis } from 'ioredis'
import type { Service } from './service.ts'

/** Debian's Redis, empty and without files. */
export const redis: Service = {
  name: 'redis',
  variable: 'REDIS_URL',
  lacks: () => (spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server'),
  launch: ({ folder, port }) =>
    Promise.resolve({
      command: 'redis-server',
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    }),
  address: ({ port }) => `redis://127.0.0.1:${port}`,
  answers: async (address) => {
    const client = new Redis(address, { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => {}) // The rejected call says it.
    try {
      await client.connect()
      return (await client.ping()) === 'PONG'
    } finally {
      client.disconnect()
    }
  },
}
