// One of the three servers, with a source of events; told to the sockets that the clients' processes open.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { answerAs } from './feed-control.ts'
import { feedServers, type FeedServerKind } from './feed-servers.ts'
import { FeedSource } from './feed-source.ts'

const { http, tell, seats } = await feedServers[process.argv[2] as FeedServerKind]()
if (!http.listening) {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
}
const source = new FeedSource(tell)

const answers = {
  port: () => (http.address() as AddressInfo).port,
  seats: (count: number) => seats(count),
  rate: (per_s: number) => source.rate(per_s),
  /** CPU since the start, memory now, events so far. */
  spent: () => {
    const { user, system } = process.cpuUsage()
    return { cpu_s: (user + system) / 1e6, rss_bytes: process.memoryUsage.rss(), events: source.count }
  },
}
export type FeedServerAnswers = typeof answers
answerAs(answers)
