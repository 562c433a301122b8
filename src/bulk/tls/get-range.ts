import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { type Clock, type ErrorCode, GgenError, isGgenError } from '#core'
import type { BlobRequest } from '#bulk'
import { readInbox } from './inbox.ts'
import type { OpenRoute } from './routes.ts'
import { TICKET_HEADER } from './serve-blobs.ts'

export interface GetOptions {
  readonly route: OpenRoute
  readonly clock: Clock
  readonly stallTimeoutMs: number
}

/** What the refusals of a server mean here. */
const REFUSALS: Readonly<Record<number, ErrorCode>> = { 401: 'denied', 404: 'blob-not-found' }

/** One range over one connection. Throws what `BlobSource.read` throws. */
export async function* getRange(options: GetOptions, wanted: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  const answer = await ask(options, wanted, signal)
  try {
    check(answer, wanted)
  } catch (error) {
    answer.destroy()
    throw error
  }
  yield* readInbox(answer, { clock: options.clock, stallTimeoutMs: options.stallTimeoutMs, signal, length: wanted.length })
}

const check = (answer: IncomingMessage, { peer, offset, length, sizeBytes }: BlobRequest): void => {
  const { statusCode = 0, headers } = answer
  if (statusCode !== 206) throw new GgenError(REFUSALS[statusCode] ?? 'frame-invalid', `${peer} answers ${statusCode}`)
  const expected = `bytes ${offset}-${offset + length - 1}/${sizeBytes}`
  if (headers['content-range'] !== expected || headers['content-length'] !== String(length)) throw new GgenError('frame-invalid', `${peer} gives another range`)
}

/** A kept connection may have been closed by the peer at the very moment; then the question is asked once more on a new one. */
const ask = async (options: GetOptions, wanted: BlobRequest, signal: AbortSignal): Promise<IncomingMessage> => {
  try {
    return await askOnce(options, wanted, signal)
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error
    return await askOnce(options, wanted, signal)
  }
}

class StaleConnection extends GgenError {}

const askOnce = (options: GetOptions, wanted: BlobRequest, signal: AbortSignal): Promise<IncomingMessage> => {
  const { route: { agent, host, port, ticket }, clock, stallTimeoutMs } = options
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const late = clock.timeout(stallTimeoutMs)
  const range = `bytes=${wanted.offset}-${wanted.offset + wanted.length - 1}`
  const headers = { [TICKET_HEADER]: Buffer.from(ticket).toString('base64url'), range }
  const asked: ClientRequest = request({ agent, host, port, method: 'GET', path: `/blob/${wanted.digest}`, headers })
  const leave = (): void => void asked.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  const tooLate = (): void => void asked.destroy(new GgenError('timeout', `${wanted.peer} does not answer`))
  signal.addEventListener('abort', leave, { once: true })
  late.addEventListener('abort', tooLate, { once: true })
  asked.once('response', resolve)
  asked.on('error', (error) => {
    if (signal.aborted || isGgenError(error)) reject(signal.aborted ? signal.reason : error)
    else if (asked.reusedSocket) reject(new StaleConnection('peer-unreachable', `the connection to ${wanted.peer} was closed`, { cause: error }))
    else reject(new GgenError('peer-unreachable', `${wanted.peer} broke the connection`, { cause: error }))
  })
  asked.end()
  return promise.finally(() => {
    signal.removeEventListener('abort', leave)
    late.removeEventListener('abort', tooLate)
  })
}
