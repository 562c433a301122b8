import { type BufferPool, type Clock, type ErrorCode, GgenError } from '#core'
import type { BlobRequest } from '#bulk'
import type { Connection } from './connection.ts'
import { Inbox } from './inbox.ts'
import { Pulse } from './pulse.ts'
import type { AnswerHead } from './read-head.ts'
import type { OpenRoute } from './routes.ts'
import { TICKET_HEADER } from './serve-blobs.ts'

export interface GetOptions {
  readonly route: OpenRoute
  readonly clock: Clock
  /** Where bytes come down. */
  readonly lots: BufferPool
  readonly stallTimeoutMs: number
}

/** What the refusals of a server mean here. */
const REFUSALS: ReadonlyMap<number, ErrorCode> = new Map([[401, 'denied'], [404, 'blob-not-found'], [503, 'too-busy']])
/** How often in the time of a stall it is looked for. */
const CHECKS = 4
/** A connection that rested may have died without a word: one that gives no sign within this share of a stall is left for a new one. */
const KEPT_SHARE = 0.2

/** One range over one connection. Throws what `BlobSource.read` throws. */
export async function* getRange(options: GetOptions, wanted: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { route: { connections }, lots, stallTimeoutMs } = options
  for (let isRetry = false; ; isRetry = true) {
    const { connection, isKept } = await connections.take(stallTimeoutMs, signal)
    const inbox = new Inbox((head) => check(head, wanted), () => connection.resume(), lots)
    try {
      using _deadline = isKept ? firstSign(wanted, { connection, inbox }, stallTimeoutMs * KEPT_SHARE) : undefined
      yield* readAll(options, { wanted, connection, inbox }, signal)
      return
    } catch (error) {
      // A kept connection may have died, or been closed by the peer at the very moment; then the question is asked once more on another one.
      if (isRetry || !isKept || inbox.hasBegun || connection.isOpen || signal.aborted) throw error
      connections.closeResting()
    } finally {
      connections.give(connection, inbox.isClean)
    }
  }
}

interface Asking {
  readonly wanted: BlobRequest
  readonly connection: Connection
  readonly inbox: Inbox
}

/** Closes a connection on which nothing has come by then. */
const firstSign = ({ peer }: BlobRequest, { connection, inbox }: Pick<Asking, 'connection' | 'inbox'>, withinMs: number): Disposable => {
  const alarm = setTimeout(() => {
    if (inbox.hasBegun) return
    connection.close()
    inbox.broke(new GgenError('peer-unreachable', `${peer} gives no sign on a connection that rested`))
  }, withinMs)
  return { [Symbol.dispose]: () => clearTimeout(alarm) }
}

async function* readAll(options: GetOptions, { wanted, connection, inbox }: Asking, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { route, clock, stallTimeoutMs } = options
  const pulse = new Pulse(stallTimeoutMs)
  const leave = (): void => inbox.broke(signal.reason instanceof Error ? signal.reason : new GgenError('cancelled', 'the reading was given up'))
  const checks = setInterval(() => {
    if (pulse.hasStalled(clock.monotonic())) inbox.broke(new GgenError('timeout', `${wanted.peer} sends too slowly`))
  }, stallTimeoutMs / CHECKS)
  signal.addEventListener('abort', leave, { once: true })
  try {
    connection.ask(questionFor(wanted, route), inbox)
    for (;;) {
      pulse.waits(clock.monotonic())
      const chunk = await inbox.next()
      signal.throwIfAborted()
      if (chunk === undefined) return
      pulse.beats(chunk.length)
      pulse.rests(clock.monotonic())
      yield chunk
    }
  } finally {
    clearInterval(checks)
    signal.removeEventListener('abort', leave)
  }
}

const questionFor = ({ digest, offset, length }: BlobRequest, { ticket, host, port }: OpenRoute): string => {
  const name = host.includes(':') ? `[${host}]` : host
  const lines = [
    `GET /blob/${digest} HTTP/1.1`, `host: ${name}:${port}`, `range: bytes=${offset}-${offset + length - 1}`,
    `${TICKET_HEADER}: ${Buffer.from(ticket).toString('base64url')}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

const check = ({ status, length, range }: AnswerHead, wanted: BlobRequest): void => {
  const { peer, offset, sizeBytes } = wanted
  if (status !== 206) throw new GgenError(REFUSALS.get(status) ?? 'frame-invalid', `${peer} answers ${status}`)
  const expected = `bytes ${offset}-${offset + wanted.length - 1}/${sizeBytes}`
  if (range !== expected || length !== wanted.length) throw new GgenError('frame-invalid', `${peer} gives another range`)
}
