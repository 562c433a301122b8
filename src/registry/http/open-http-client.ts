import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { pipeline, Readable } from 'node:stream'
import { pipeline as pipelined } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { GgenError, LIMITS, REGISTRY_LIMITS } from '#core'
import type { HttpAnswer, HttpClient, HttpQuestion } from '#registry'

// An import reads everything that a built-in module exports, and what this one exports brings in a second HTTP client: 12 MB and 100 ms.
const { Agent: PlainAgent, request: plainRequest } = process.getBuiltinModule('node:http')

export interface HttpOptions {
  /** `http` or `https`; what is asked stands below it. */
  readonly base: string
  /** Goes to that origin alone. */
  readonly token?: string
  /** PEM of the authorities that count instead of those that Node knows. */
  readonly ca?: string
}

/** Codes of failures that say that a server cannot prove who it is. */
const UNTRUSTED = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const HOPS = 2
const HEADER_BYTES = 16 * 1024
const IDLE_MS = 30_000

interface Server {
  readonly root: URL
  readonly agent: Agent
  readonly token: string | undefined
}

/** Asks a server over connections that are used again. */
export const openHttpClient = ({ base, token, ca }: HttpOptions): HttpClient => {
  const root = new URL(base.endsWith('/') ? base : `${base}/`)
  const how = { keepAlive: true, maxSockets: REGISTRY_LIMITS.connections, maxFreeSockets: REGISTRY_LIMITS.connections, timeout: IDLE_MS }
  const agent = root.protocol === 'https:' ? new SecureAgent({ ...how, ...(ca !== undefined && { ca }) }) : new PlainAgent(how)
  const server: Server = { root, agent, token }
  return { ask: (question, signal) => ask(server, question, signal), [Symbol.dispose]: () => agent.destroy() }
}

/** Follows a server to other places of its own, and nowhere else: who asks there would be somebody else. */
const ask = async (server: Server, question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> => {
  const { root } = server
  let url = new URL(question.path, root)
  for (let hops = 0; ; hops += 1) {
    signal.throwIfAborted()
    const reply = await send(server, url, { ...question, signal })
    if (!REDIRECTS.has(reply.statusCode ?? 0)) return answerOf(reply, root.host, signal)
    reply.destroy()
    const next = URL.parse(reply.headers.location ?? '', url.href)
    const mayFollow = question.method === 'GET' || question.method === 'HEAD'
    if (next === null || next.origin !== root.origin || !mayFollow || hops === HOPS) throw new GgenError('registry-failed', `${root.host} sends elsewhere`)
    url = next
  }
}

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

const begin = ({ agent, token }: Server, url: URL, { method, headers, body, signal }: Sending): ClientRequest => {
  const open = url.protocol === 'https:' ? secureRequest : plainRequest
  return open(url, {
    method, agent, signal,
    maxHeaderSize: HEADER_BYTES,
    headers: {
      'user-agent': 'ggen',
      'accept-encoding': 'gzip',
      ...headers,
      ...(body !== undefined && { 'content-length': String(body.sizeBytes) }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
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

const answerOf = (reply: IncomingMessage, host: string, signal: AbortSignal): HttpAnswer => {
  // Whoever reads hears of it; whoever has left does not want to.
  reply.on('error', () => undefined)
  return {
    status: reply.statusCode ?? 0,
    header: (name) => {
      const value = reply.headers[name]
      return typeof value === 'string' ? value : undefined
    },
    body: chunksOf(reply, host, signal),
    cancel: () => void reply.destroy(),
  }
}

async function* chunksOf(reply: IncomingMessage, host: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const isPacked = reply.headers['content-encoding'] === 'gzip'
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
