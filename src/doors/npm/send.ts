import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ErrorCode, GgenError, readBounded } from '#core'
import { codeError } from '#doors/http'

type Headers = Readonly<Record<string, string | number>>

interface JsonOptions {
  readonly status?: number
  readonly headers?: Headers
}

/** One request, its answer, and whether anybody still waits for that. */
export interface Conversation {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly signal: AbortSignal
}

/** Sends a JSON answer, with status 200 unless another is given. */
export const sendJson = (response: ServerResponse, body: unknown, { status = 200, headers = {} }: JsonOptions = {}): void => {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }).end(text)
}

/** What clients would try again although it stays as it is, what makes yarn believe that there is no such package, and what they show. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  integrity: 422, 'too-busy': 503, 'package-not-found': 404, 'version-not-found': 404, cancelled: 503, conflict: 403,
}

/** The status that a client can live with. */
export const statusOf = ({ code, kind }: GgenError): number => STATUS[code] ?? kind.httpStatus

/** Says what is wrong where npm, pnpm and bun show it: in `error`. */
export const sendError = (response: ServerResponse, error: unknown): void => {
  const coded = codeError(error)
  if (response.headersSent) {
    // What was promised does not come: a client must not take it for the end.
    response.destroy()
    return
  }
  const { code, message, hint } = coded
  const authenticate: Headers = code === 'token-missing' ? { 'www-authenticate': 'Bearer' } : {}
  sendJson(response, { error: `${message} (${hint})`, code, hint }, { status: statusOf(coded), headers: authenticate })
}

/** The JSON of a body. Throws `usage` for what is none, and `archive-too-large` for more than so many bytes. */
export const readJson = async (request: IncomingMessage, mostBytes: number): Promise<unknown> => {
  const bytes = await readBody(request, mostBytes)
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch (cause) {
    throw new GgenError('usage', 'this is not JSON', { cause })
  }
}

/** All bytes of a body. Throws `archive-too-large` for more than so many. */
export const readBody = (request: IncomingMessage, mostBytes: number): Promise<Buffer> =>
  readBounded(request, mostBytes, () => new GgenError('archive-too-large', `more than ${mostBytes} bytes`))
