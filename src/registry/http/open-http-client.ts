import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { request as secureRequest } from 'node:https'
import { pipeline, Readable } from 'node:stream'
import { pipeline as pipelined } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { GgenError, LIMITS, REGISTRY_LIMITS } from '#core'
import type { HttpAnswer, HttpClient, HttpQuestion } from '#registry'
import { type AgentOptions, openAgent } from './open-agent.ts'

// An import reads everything that a built-in module exports, and what this one exports brings in a second HTTP client: 12 MB and 100 ms.
const { request: plainRequest } = process.getBuiltinModule('node:http')

export interface HttpOptions extends Partial<AgentOptions> {
  /** `http` or `https`; what is asked stands below it. */
  readonly base: string
  /** Goes to that origin alone. */
  readonly token?: string
  /** The whole value of the header, instead of a token; goes to that origin alone. */
  readonly authorization?: string
  /** GET and HEAD may be sent to other servers, over https only, which are told nothing of who asks. */
  readonly followsElsewhere?: boolean
  readonly userAgent?: string
}

/** Codes of failures that say that a server cannot prove who it is. */
const UNTRUSTED = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const HOPS = 2
const HEADER_BYTES = 16 * 1024
/** What other servers are told: what is wanted, and not by whom. */
const TOLD_ELSEWHERE = new Set(['accept', 'accept-encoding', 'range', 'if-range', 'if-none-match', 'if-modified-since'])

interface Server {
  readonly agent: Agent
  /** In every question, where the question says nothing else. */
  readonly usual: Readonly<Record<string, string>>
  readonly authorization: string | undefined
}

interface Servers {
  readonly root: URL
  readonly home: Server
  /** For all others; `undefined`: nobody is followed to them. */
  readonly elsewhere: Server | undefined
}

/** Asks a server over connections that are used again. Throws `config-invalid` for a proxy, certificate or key that is none. */
export const openHttpClient = (options: HttpOptions): HttpClient => {
  const { base, token, authorization, followsElsewhere = false, userAgent = 'ggen', connections = REGISTRY_LIMITS.connections, cert, key, ...shared } = options
  const root = new URL(base.endsWith('/') ? base : `${base}/`)
  const how = { ...shared, connections }
  const usual = { 'user-agent': userAgent, 'accept-encoding': 'gzip' }
  const bearer = token === undefined ? undefined : `Bearer ${token}`
  const home = { agent: openAgent(root.protocol, { ...how, cert, key }), usual, authorization: authorization ?? bearer }
  const elsewhere = followsElsewhere ? { agent: openAgent('https:', how), usual, authorization: undefined } : undefined
  return {
    ask: (question, signal) => ask({ root, home, elsewhere }, question, signal),
    [Symbol.dispose]: () => {
      for (const server of [home, elsewhere]) server?.agent.destroy()
    },
  }
}

/** Follows a server to other places of its own, and to others only where that is wanted: who asks there would be somebody else, also on the way back. */
const ask = async ({ root, home, elsewhere }: Servers, question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> => {
  let server = home
  let sending: Sending = { ...question, signal }
  let url = new URL(question.path, root)
  for (let hops = 0; ; hops += 1) {
    signal.throwIfAborted()
    const reply = await send(server, url, sending)
    if (!REDIRECTS.has(reply.statusCode ?? 0)) return answerOf(reply, url.host, sending)
    reply.destroy()
    const next = URL.parse(reply.headers.location ?? '', url.href)
    const mayFollow = question.method === 'GET' || question.method === 'HEAD'
    if (next === null || !mayFollow || hops === HOPS) throw sendsElsewhere(url)
    if (server !== home || next.origin !== root.origin) {
      if (elsewhere === undefined || next.protocol !== 'https:') throw sendsElsewhere(url)
      server = elsewhere
      sending = anonymous(sending)
    }
    url = withoutUser(next)
  }
}

const sendsElsewhere = ({ host }: URL): GgenError => new GgenError('registry-failed', `${host} sends elsewhere`)

const anonymous = ({ headers = {}, ...sending }: Sending): Sending =>
  ({ ...sending, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => TOLD_ELSEWHERE.has(name.toLowerCase()))) })

/** A server does not choose by what name anybody is asked: Node would make a header of it. */
const withoutUser = (url: URL): URL => Object.assign(new URL(url), { username: '', password: '' })

interface Sending extends Omit<HttpQuestion, 'path'> {
  readonly signal: AbortSignal
}

/** A server may close a connection that rests just as it is used again: that says nothing, and the question is asked over a new one. */
const send = async (server: Server, url: URL, sending: Sending): Promise<IncomingMessage> => {
  for (;;) {
    const request = begin(server, url, sending)
    try {
      return await headOf(request, sending)
    } catch (error) {
      const wasClosed = request.reusedSocket && codeOf(error) === 'ECONNRESET' && sending.body === undefined && !sending.signal.aborted
      if (!wasClosed) throw failureOf(error, url.host, sending.signal)
    }
  }
}

const begin = ({ agent, usual, authorization }: Server, url: URL, { method, headers, body, signal }: Sending): ClientRequest => {
  const open = url.protocol === 'https:' ? secureRequest : plainRequest
  return open(url, {
    method, agent, signal,
    maxHeaderSize: HEADER_BYTES,
    headers: {
      ...usual,
      ...headers,
      ...(body !== undefined && { 'content-length': String(body.sizeBytes) }),
      ...(authorization !== undefined && { authorization }),
    },
  })
}

const headOf = async (request: ClientRequest, { body, signal }: Sending): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request.once('response', resolve)
  request.on('error', reject)
  if (body === undefined) request.end()
  // An answer may come before everything was sent: a refusal does.
  else pipelined(Readable.from(body.chunks, { objectMode: false }), request, { signal }).catch(reject)
  return await promise
}

const answerOf = (reply: IncomingMessage, host: string, sending: Sending): HttpAnswer => {
  // Whoever reads hears of it; whoever has left does not want to.
  reply.on('error', () => undefined)
  return {
    status: reply.statusCode ?? 0,
    header: (name) => {
      const value = reply.headers[name]
      return typeof value === 'string' ? value : undefined
    },
    body: chunksOf(reply, host, sending),
    cancel: () => void reply.destroy(),
  }
}

async function* chunksOf(reply: IncomingMessage, host: string, { signal, keepsEncoding }: Sending): AsyncGenerator<Uint8Array> {
  const isPacked = keepsEncoding !== true && reply.headers['content-encoding'] === 'gzip'
  try {
    // What breaks the one ends the other.
    const bytes: Readable = isPacked ? pipeline(reply, createGunzip(), () => undefined) : reply
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      for (let at = 0; at < chunk.length; at += LIMITS.blobRangeBytes) yield chunk.subarray(at, at + LIMITS.blobRangeBytes)
    }
  } catch (error) {
    throw failureOf(error, host, signal)
  } finally {
    reply.destroy()
  }
}

/** What Node says of a failure is for programmers, and may hold what the server sent: of it only the code is told. */
const failureOf = (error: unknown, host: string, signal: AbortSignal): unknown => {
  if (signal.aborted) return signal.reason
  if (error instanceof GgenError) return error
  const code = codeOf(error)
  if (UNTRUSTED.test(code)) return new GgenError('registry-untrusted', `${host} cannot prove who it is (${code})`, { cause: error })
  return new GgenError('registry-unreachable', `${host} cannot be reached (${code})`, { cause: error })
}

const codeOf = (error: unknown): string => {
  const code = error instanceof AggregateError ? codeOf(error.errors[0]) : error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code.slice(0, 60) : 'failed'
}
