import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createOutbound, type Outbound } from './outbound.ts'
import { beginTrace, within } from './trace.ts'

const open: (Outbound | Server)[] = []
afterEach(async () => {
  for (const each of open.splice(0)) {
    each.close()
    if ('closeAllConnections' in each) each.closeAllConnections()
  }
})

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

function newOutbound(options: Partial<Parameters<typeof createOutbound>[0]> = {}): Outbound {
  const outbound = createOutbound({ loopback: true, ...options })
  open.push(outbound)
  return outbound
}

const request = (url: string) => ({
  url,
  body: '{"ü":1}',
  headers: { 'x-a': 'b' },
  timeout_ms: 5000,
  answer_bytes_max: 100,
})
const named = (url: string, name: string) => url.replace('127.0.0.1', name)

describe('a URL', () => {
  test.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'https://user@example.com/',
    'https://:secret@example.com/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'not a url',
    '',
  ])('%s is refused before anything is looked up', async (url) => {
    const outbound = newOutbound({ loopback: false, resolve: () => expect.unreachable() })
    expect(() => outbound.check(url)).toThrow(expect.objectContaining({ code: 'outbound/refused' }))
    await expect(outbound.post(request(url))).rejects.toMatchObject({ code: 'outbound/refused' })
  })

  test('of the public internet is taken as it is', () => {
    const outbound = newOutbound({ loopback: false })
    expect(outbound.check('https://example.com:8443/a?b=c').href).toBe('https://example.com:8443/a?b=c')
    expect(outbound.check('https://1.1.1.1/').host).toBe('1.1.1.1')
  })

  test('of a private network is refused also where loopback is allowed', () => {
    expect(() => newOutbound().check('https://10.0.0.1/')).toThrow(
      expect.objectContaining({ code: 'outbound/refused' }),
    )
  })
})

describe('a call', () => {
  test('arrives as it was sent', async () => {
    const url = await listen((got, response) => {
      got
        .setEncoding('utf8')
        .on('data', (body: string) => response.end(`${got.method} ${String(got.headers['x-a'])} ${body}`))
    })
    expect(await newOutbound().post(request(url))).toEqual({ status: 200, body: 'POST b {"ü":1}' })
  })

  test('goes on with the trace of the request it is made for, and says nothing of one otherwise', async () => {
    const url = await listen((got, response) => response.end(String(got.headers['traceparent'])))
    const trace = beginTrace({})
    const { body } = await within(trace, () => newOutbound().post(request(url)))
    expect(body).toMatch(new RegExp(`^00-${trace.traceId}-(?!${trace.spanId})[0-9a-f]{16}-00$`))
    expect(await newOutbound().post(request(url))).toMatchObject({ body: 'undefined' })
  })

  test('follows no redirect', async () => {
    let calls = 0
    const url = await listen((got, response) => {
      calls++
      response.writeHead(302, { location: `http://${got.headers.host}/elsewhere` }).end()
    })
    expect(await newOutbound().post(request(url))).toMatchObject({ status: 302 })
    expect(calls).toBe(1)
  })

  test.each(['10.0.0.1', '::1', '169.254.169.254', '0.0.0.0'])(
    'is refused when its name stands for %s, even beside a public address',
    async (address) => {
      const outbound = newOutbound({
        loopback: false,
        resolve: (_name, answer) =>
          answer(null, [
            { address: '1.1.1.1', family: 4 },
            { address, family: address.includes(':') ? 6 : 4 },
          ]),
      })
      await expect(outbound.post(request('https://partner.example/'))).rejects.toMatchObject({
        code: 'outbound/refused',
      })
    },
  )

  test('connects to the address that was checked, whatever the name stands for a moment later', async () => {
    const url = await listen((_got, response) => response.end('checked'))
    const answers = ['127.0.0.1', '10.0.0.1', '10.0.0.1']
    const outbound = newOutbound({
      resolve: (_name, answer) => answer(null, [{ address: answers.shift()!, family: 4 }]),
    })
    expect(await outbound.post(request(named(url, 'rebinding.example')))).toEqual({ status: 200, body: 'checked' })
    expect(answers).toHaveLength(2)
    outbound.close()
    await expect(outbound.post(request(named(url, 'rebinding.example')))).rejects.toMatchObject({
      code: 'outbound/refused',
    })
  })

  test('that is not answered in time ends, also while the answer drips', async () => {
    const silent = await listen(() => {})
    const dripping = await listen((_got, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    for (const url of [silent, dripping]) {
      const call = newOutbound().post({ ...request(url), timeout_ms: 200, answer_bytes_max: 1_000_000 })
      await expect(call).rejects.toThrow()
    }
    await expect(newOutbound().post({ ...request(silent), timeout_ms: 50 })).rejects.toThrow('no answer within 50 ms')
  })

  test('reads no more of an endless answer than it was told to', async () => {
    const url = await listen((_got, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(1000)));
        response.once('drain', more)
      }
      more()
    })
    expect((await newOutbound().post(request(url))).body).toBe('x'.repeat(100))
  })

  test('over a connection that was closed meanwhile is made again', async () => {
    let calls = 0
    const url = await listen((got, response) => {
      calls++
      if (calls === 2) got.socket.resetAndDestroy()
      else response.end('ok')
    })
    const outbound = newOutbound()
    await outbound.post(request(url))
    expect(await outbound.post(request(url))).toEqual({ status: 200, body: 'ok' })
    expect(calls).toBe(3)
  })
})
