import { Hono } from 'hono'
import type { Pool } from 'pg'
import { readSinks, type SinkState } from './sinks.ts'

/**
 * `GET /health/bridge`: how every sink is, the same on each node; 503 when one of them stands still and somebody has to look.
 * `GET /health/bridge/metrics`: the same as gauges for Prometheus.
 */
export function bridgeRoutes(pool: Pool): Hono {
  const routes = new Hono()
  routes.get('/health/bridge', async (c) => {
    const sinks = await readSinks(pool)
    const isWell = sinks.every(({ state }) => state !== 'stopped' && state !== 'failing')
    const shown = sinks.map((sink) => Object.assign({}, sink, { seq: `${sink.seq}`, lag_events: `${sink.lag_events}` }))
    return c.json({ status: isWell ? 'ok' : 'troubled', sinks: shown }, isWell ? 200 : 503)
  })
  routes.get('/health/bridge/metrics', async (c) =>
    c.text(metricsOf(await readSinks(pool)), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  )
  return routes
}

type Gauge = Readonly<{ name: string; help: string; of: (sink: SinkState) => string }>

const gauges: readonly Gauge[] = [
  { name: 'cursor_seq', help: 'Every event up to this seq is in the sink.', of: ({ seq }) => `${seq}` },
  {
    name: 'lag_events',
    help: 'Committed events that are not in the sink yet.',
    of: ({ lag_events }) => `${lag_events}`,
  },
  { name: 'lag_seconds', help: 'How long the first of them has waited.', of: ({ lag_s }) => lag_s.toFixed(3) },
  { name: 'dead_letters', help: 'Events that it could not carry.', of: ({ dead_letters }) => `${dead_letters}` },
  { name: 'failed', help: '1 while it fails or has stopped.', of: ({ error }) => (error === null ? '0' : '1') },
]

/** The sinks as Prometheus reads them; `rollingdrop_sink_state` is 1 for the state that each is in. */
export function metricsOf(sinks: readonly SinkState[]): string {
  const lines = gauges.flatMap(({ name, help, of }) =>
    [`# HELP rollingdrop_sink_${name} ${help}`, `# TYPE rollingdrop_sink_${name} gauge`].concat(
      sinks.map((sink) => `rollingdrop_sink_${name}{sink="${sink.name}"} ${of(sink)}`),
    ),
  )
  const states = sinks.map(({ name, state }) => `rollingdrop_sink_state{sink="${name}",state="${state}"} 1`)
  return [
    ...lines,
    '# HELP rollingdrop_sink_state The state each sink is in.',
    '# TYPE rollingdrop_sink_state gauge',
    ...states,
    '',
  ].join('\n')
}
