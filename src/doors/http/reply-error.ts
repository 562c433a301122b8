import type { ServerResponse } from 'node:http'
import { ERRORS, GgenError, toGgenError } from '#core'

const statusOf = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500

/** The coded form of anything a route or the HTTP layer throws: what the asker did wrong becomes `usage`. */
export const codeError = (error: unknown): GgenError => {
  if (error instanceof GgenError) return error
  const status = statusOf(error)
  if (status < 400 || status >= 500) return toGgenError(error)
  return new GgenError('usage', error instanceof Error ? error.message : String(error), { cause: error })
}

/** Answers a request that may not come in, and hangs up: its body is not read. */
export const refuse = (error: GgenError, response: ServerResponse): void => {
  const body = JSON.stringify({ error })
  const authenticate = error.code === 'token-missing' ? { 'www-authenticate': 'Bearer' } : {}
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close', ...authenticate }
  response.writeHead(error.kind.httpStatus, headers).end(body)
}

/** A whole HTTP/1.1 answer for what could not be read as HTTP. */
export const brokenRequestAnswer = (): string => {
  const body = JSON.stringify({ error: new GgenError('usage', 'this is not an HTTP request') })
  const head = ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  return [`HTTP/1.1 ${ERRORS.usage.httpStatus} Bad Request`, ...head, '', body].join('\r\n')
}
