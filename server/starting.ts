import type { RequestListener } from 'node:http'
import { RollingDropError } from '../schema/errors.ts'
import { problemOf } from '../schema/problem.ts'

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
  const { body, headers } = problemOf(error)
  if (isPerson)
    response.writeHead(error.status, { ...headers, 'content-type': 'text/html; charset=utf-8', refresh: '1' })
  else response.writeHead(error.status, headers)
  response.end(isPerson ? PAGE : body)
}
