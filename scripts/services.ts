import { parseArgs } from 'node:util'
import { services } from '../test/services/all.ts'
import { down, downAll, find, up } from '../test/services/home.ts'
import { installServices, type Installed } from './install-services.ts'

/** What each needs of this machine that may be missing. */
const PACKAGES: Readonly<Record<string, readonly Installed[]>> = {
  kafka: ['openjdk-17-jre-headless', 'maven'],
  redis: ['redis-server'],
  clickhouse: ['chdb'],
}

const names = services.map(({ name }) => name)
const HELP = `npm run services -- up ${names.join('|')}    starts one (or more) in the background and prints its variable
npm run services -- down [name]    stops it, or all of them, and deletes what it kept
npm run services                   lists those that run
Tests and benches use a service as it is where its variable is set: ${services.map(({ variable }) => variable).join(', ')}.`

const { positionals, values } = parseArgs({
  options: { help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [verb = 'list', ...wanted] = positionals
const unknown = wanted.filter((name) => !names.includes(name))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

if (values.help || unknown.length > 0 || !['up', 'down', 'list'].includes(verb) || (verb === 'up' && !wanted.length)) {
  say(unknown.length > 0 ? `there is no service called ${unknown.join(', ')}\n${HELP}` : HELP)
  process.exitCode = values.help ? 0 : 1
} else if (verb === 'up') {
  await installServices(wanted.flatMap((name) => PACKAGES[name] ?? []))
  for (const service of services.filter(({ name }) => wanted.includes(name))) {
    const lacks = service.lacks()
    if (lacks !== undefined) throw new Error(`${service.name} needs ${lacks}`)
    say(`export ${service.variable}=${await up(service)}`)
  }
} else if (verb === 'down') {
  const stopped = wanted.length === 0 ? await downAll() : await downThese(wanted)
  say(stopped.length === 0 ? 'nothing was running' : `stopped: ${stopped.join(', ')}`)
} else {
  const running = services.flatMap(({ name, variable }) => {
    const found = find(name)
    return found ? [`export ${variable}=${found.address}`] : []
  })
  say(running.length === 0 ? `nothing runs\n${HELP}` : running.join('\n'))
}

async function downThese(some: readonly string[]): Promise<readonly string[]> {
  const stopped: string[] = []
  for (const name of some) if (await down(name)) stopped.push(name)
  return stopped
}
