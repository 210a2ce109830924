import { expect, test } from 'vitest'
import { localEndpoint } from './endpoint.ts'

test.each([
  ['ws://localhost:2567', 'http://127.0.0.1:2567'],
  ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
  ['http://[::1]:3000', 'http://127.0.0.1:3000'],
])('%s is this machine', (text, url) => {
  expect(localEndpoint(text)).toBe(url)
})

test.each([
  'http://example.com',
  'ws://10.0.0.1:3000',
  'https://127.0.0.1',
  'http://127.0.0.1.example.com',
  'nonsense',
])('%s is refused', (text) => {
  expect(() => localEndpoint(text)).toThrow(/127\.0\.0\.1/)
})
