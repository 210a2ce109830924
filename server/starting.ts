import type { RequestListener } from 'node:http'
import { RollingDropError } from '../schema/errors.ts'
import { problemOf } from '../services/problem.ts'

/** Shown to a person who comes too early; the browser asks again by itself. */
const PAGE = '<!doctype html><title>RollingDrop</title><p>RollingDrop is starting. This page comes by itself.'

/**
 * Answers while the port is taken already and the rest is still starting: a request that nobody answers would keep its
 * client waiting long after the start, a reconnecting player among them.
 */
export const answerWhileStarting: RequestListener = (request, response) => {
  request.resume()
  const isPerson = request.headers.accept?.includes('text/html') ?? false
  const error = new RollingDropError('matchmaking/unavailable')
  response.writeHead(error.status, {
    'content-type': isPerson ? 'text/html; charset=utf-8' : 'application/problem+json',
    'cache-control': 'no-store',
    'retry-after': '1',
    ...(isPerson && { refresh: '1' }),
  })
  response.end(isPerson ? PAGE : JSON.stringify(problemOf(error)))
}
