import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TestSmtp } from '../../test/smtp.ts'
import { smtpCarrier } from './mail.ts'

const letter = { to: 'ann@example.org', subject: 'Hello', text: 'Good day.' }
const busy = expect.objectContaining({ code: 'server/busy' })
const told = (work: Promise<void>) => work.then(String, (error: Error) => error)

test('a mail server that does not answer is left alone after so many letters, and tried again after the rest', async () => {
  const smtp = await TestSmtp.start()
  onTestFinished(() => smtp.close())
  let called = 0
  let isBack = false
  const sockets: Socket[] = []
  const door = createServer((socket) => {
    called++
    sockets.push(socket.on('error', () => {})) // Ended by whoever waited in vain.
    if (!isBack) return
    const onward = connect(Number(new URL(smtp.url).port), '127.0.0.1')
    sockets.push(onward.on('error', () => {}))
    socket.pipe(onward).pipe(socket)
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  onTestFinished(() => {
    door.close()
    for (const socket of sockets) socket.destroy()
  })
  const url = `smtp://127.0.0.1:${(door.address() as AddressInfo).port}`
  const carry = smtpCarrier(url, 'hello@rollingdrop.test', { timeout_ms: 300, failures: 3, rest_ms: 1_000 })
  for (let n = 0; n < 3; n++) expect(await told(carry(letter))).toMatchObject({ message: 'no answer within 300 ms' })
  await vi.waitFor(() => expect(called).toBe(3))
  for (let n = 0; n < 10; n++) expect(await told(carry(letter))).toEqual(busy)
  expect(called).toBe(3)
  isBack = true
  await vi.waitFor(() => carry(letter), { timeout: 5_000, interval: 50 })
  expect(smtp.received).toMatchObject([{ to: letter.to }])
})

test('a mail server that turns letters away has answered, and is given the next one', async () => {
  const smtp = await TestSmtp.start()
  onTestFinished(() => smtp.close())
  smtp.refuse = true
  const carry = smtpCarrier(smtp.url, 'hello@rollingdrop.test', { failures: 2, rest_ms: 60_000 })
  for (let n = 0; n < 5; n++) expect(await told(carry(letter))).toMatchObject({ responseCode: expect.any(Number) })
  smtp.refuse = false
  await carry(letter)
  expect(smtp.received).toHaveLength(1)
})
