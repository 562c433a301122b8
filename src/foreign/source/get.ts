import type { IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { type ErrorCode, GgenError, isGgenError } from '#core'
import { FOREIGN_LIMITS } from '#foreign'

// An import reads everything that a built-in module exports, and what this one exports brings in a second HTTP client: 12 MB and 100 ms.
const { get: getPlain } = process.getBuiltinModule('node:http')

/** The head of an answer, and its body to be read or let go. */
export interface WebAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: AsyncIterable<Uint8Array>
  readonly leave: () => void
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const AGENT = 'ggen'

/**
 * Asks for one thing, at most three times where trying again can help. Redirects are followed, never from HTTPS to less. Throws `peer-unreachable`, `timeout`,
 * `denied`, and `missing` for what is not there.
 */
export const getOverWeb = async (url: URL, options: GetOptions, signal: AbortSignal): Promise<WebAnswer> => {
  const { headers = {}, missing } = options
  for (let tries = 1, wait: number = FOREIGN_LIMITS.pauseMs; ; tries += 1, wait *= 2) {
    try {
      return await follow(url, { headers, missing }, signal)
    } catch (error) {
      if (tries >= FOREIGN_LIMITS.tries || !isGgenError(error, 'peer-unreachable')) throw error
      await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** What a 404 is. */
  readonly missing: Extract<ErrorCode, 'path-not-found' | 'blob-not-found'>
}

const follow = async (first: URL, { headers, missing }: Required<GetOptions>, signal: AbortSignal): Promise<WebAnswer> => {
  let url = first
  for (let hops = 0; hops <= FOREIGN_LIMITS.redirects; hops += 1) {
    const reply = await request(url, headers, signal)
    const { statusCode: status = 0 } = reply
    if (status === 200 || status === 304) return { status, headers: reply.headers, body: reading(reply, url, signal), leave: () => void reply.destroy() }
    reply.destroy()
    if (!REDIRECTS.has(status)) throw refusal(url, status, missing)
    url = nextOf(url, reply.headers.location)
  }
  throw new GgenError('peer-unreachable', `${first.host} redirects too often`)
}

const nextOf = (url: URL, location: string | undefined): URL => {
  const next = URL.parse(location ?? '', url.href)
  const isFine = next !== null && next.username === '' && (next.protocol === 'https:' || (next.protocol === 'http:' && url.protocol === 'http:'))
  const hint = 'give the address to which it redirects, if you trust it'
  if (!isFine) throw new GgenError('denied', `${url.host} redirects to where ggen does not go`, { hint })
  return next
}

const refusal = (url: URL, status: number, missing: GetOptions['missing']): GgenError => {
  const what = `${url.host} answers ${status} for ${url.pathname}`
  if (status === 404 || status === 410) return new GgenError(missing, what)
  if (status === 401 || status === 403) return new GgenError('denied', what)
  return new GgenError('peer-unreachable', what, { hint: 'try again later: the server does not give what it should have' })
}

const request = async (url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> => {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const get = url.protocol === 'https:' ? getSecure : getPlain
  const sent = get(url, {
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': AGENT, ...headers },
    agent: false, maxHeaderSize: FOREIGN_LIMITS.headerBytes, timeout: FOREIGN_LIMITS.silenceMs, signal,
  }, resolve)
  sent.on('timeout', () => sent.destroy(silent(url)))
  sent.on('error', reject)
  try {
    return await promise
  } catch (error) {
    throw fault(error, url, signal)
  }
}

async function* reading(reply: IncomingMessage, url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    throw fault(error, url, signal)
  }
}

const silent = (url: URL): GgenError => new GgenError('timeout', `${url.host} said nothing for ${FOREIGN_LIMITS.silenceMs / 1000} s`)

const fault = (error: unknown, url: URL, signal: AbortSignal): unknown => {
  if (error instanceof GgenError) return error
  if (signal.aborted) return signal.reason
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return new GgenError('peer-unreachable', `${url.host} cannot be reached: ${code}`, { cause: error, hint: 'check the address, and that the server is up' })
}
