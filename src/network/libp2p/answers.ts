import { type Clock, GgenError, isGgenError, isPeerId, LIMITS, type PeerId } from '#core'
import type { Answerer } from '#network'
import type { Connection, Stream } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { callerOf } from './caller.ts'
import { ANSWER, answerHeader } from './frame.ts'
import type { Node } from './node.ts'
import { ASKED, type AskedProtocol, QUESTIONS } from './settings.ts'
import { readFrame, sendFrame } from './stream-frames.ts'
import type { Tasks } from './tasks.ts'
import { PeerBuckets } from './token-bucket.ts'

const EMPTY = new Uint8Array(0)
const FRAME_OVERHEAD_BYTES = 8

/** What answering needs from the rest of the node. */
export interface AnswerContext {
  readonly node: Node
  readonly clock: Clock
  readonly tasks: Tasks
  /** Counts provable misbehaviour against a peer. */
  readonly strike: (peer: PeerId) => void
}

/** Takes inbound questions of every protocol, within the limits of each peer and of the node. */
export class Answers {
  readonly #context: AnswerContext
  readonly #answerers = new Map<AskedProtocol, Answerer>()
  readonly #buckets: ReadonlyMap<AskedProtocol, PeerBuckets>
  readonly #openByPeer = new Map<PeerId, number>()
  #open = 0
  #unsentBytes = 0

  constructor(context: AnswerContext) {
    this.#context = context
    this.#buckets = new Map(ASKED.map((protocol) => [protocol, new PeerBuckets(QUESTIONS[protocol])]))
  }

  /**
   * Offers every protocol, answered or not yet: peers learn the list when they identify this node, and some do before the first answerer is there.
   */
  async start(): Promise<void> {
    for (const protocol of ASKED) {
      await this.#context.node.handle(protocol, (stream, connection) => this.#take(protocol, stream, connection), {
        maxInboundStreams: LIMITS.streamsPerProtocol,
        maxOutboundStreams: LIMITS.streamsPerProtocol,
      })
    }
  }

  add(protocol: AskedProtocol, answerer: Answerer): Disposable {
    assert(!this.#answerers.has(protocol), `${protocol} has an answerer already`)
    this.#answerers.set(protocol, answerer)
    return { [Symbol.dispose]: () => this.#answerers.delete(protocol) }
  }

  async #take(protocol: AskedProtocol, stream: Stream, connection: Connection): Promise<void> {
    // Until it is read, a question waits in this buffer; a peer must not fill more of them.
    stream.maxReadBufferLength = LIMITS.questionBytes + FRAME_OVERHEAD_BYTES
    const peer = connection.remotePeer.toString()
    const answerer = this.#answerers.get(protocol)
    if (answerer === undefined || !isPeerId(peer) || this.#context.tasks.signal.aborted) {
      stream.abort(new GgenError('peer-unreachable', `nobody answers ${protocol}`))
      return
    }
    if (this.#isOverrun(peer) || !this.#buckets.get(protocol)?.take(callerOf(connection), this.#context.clock.monotonic())) {
      await this.#tell(stream, ANSWER.busy)
      return
    }
    this.#count(peer, 1)
    try {
      await this.#respond(stream, peer, answerer)
    } catch (error) {
      await this.#fail(error, stream, { protocol, peer })
    } finally {
      this.#count(peer, -1)
    }
  }

  async #respond(stream: Stream, peer: PeerId, answerer: Answerer): Promise<void> {
    const { clock, tasks } = this.#context
    const bounded = AbortSignal.any([tasks.signal, clock.timeout(LIMITS.askTimeoutMs)])
    const question = await readFrame(stream, { maxBytes: LIMITS.questionBytes, firstByteMs: LIMITS.firstByteMs, signal: bounded })
    const signal = AbortSignal.any([bounded, closedSignal(stream)])
    const answer = await orAbort(answerer(question, peer, signal), signal)
    // Our own answerer's defect, not the asker's: it must not become a strike against the asker.
    if (answer.length > LIMITS.messageBytes) throw new GgenError('internal', `an answer of ${answer.length} bytes is larger than ${LIMITS.messageBytes}`)
    if (this.#unsentBytes + answer.length > LIMITS.unsentBytes) throw new GgenError('too-busy', 'too many answers wait for slow readers')
    this.#unsentBytes += answer.length
    try {
      await sendFrame(stream, [answerHeader(ANSWER.ok, answer), answer], clock.timeout(LIMITS.stallTimeoutMs))
    } finally {
      this.#unsentBytes -= answer.length
    }
  }

  /** What went wrong on the asker's side is its problem; what went wrong in an answerer is ours and is reported. */
  async #fail(error: unknown, stream: Stream, { protocol, peer }: { readonly protocol: AskedProtocol; readonly peer: PeerId }): Promise<void> {
    const isTold = isGgenError(error, 'too-busy') || isGgenError(error, 'frame-invalid')
    if (isTold && stream.status === 'open' && stream.writeStatus === 'writable') {
      if (error.code === 'frame-invalid') this.#context.strike(peer)
      await this.#tell(stream, error.code === 'too-busy' ? ANSWER.busy : ANSWER.refused)
      return
    }
    if (isGgenError(error, 'frame-invalid')) this.#context.strike(peer)
    else if (!isOver(error)) this.#context.tasks.report(`answer ${protocol}`, error)
    stream.abort(error instanceof Error ? error : new Error(String(error)))
  }

  async #tell(stream: Stream, status: number): Promise<void> {
    const linger = setTimeout(() => stream.abort(new GgenError('timeout', 'the stream was kept open')), LIMITS.lingerMs)
    linger.unref()
    stream.addEventListener('close', () => clearTimeout(linger), { once: true })
    await sendFrame(stream, [answerHeader(status, EMPTY)], this.#context.clock.timeout(LIMITS.lingerMs))
  }

  #isOverrun(peer: PeerId): boolean {
    return this.#open >= LIMITS.pendingQuestions || (this.#openByPeer.get(peer) ?? 0) >= LIMITS.questionsPerPeer
  }

  #count(peer: PeerId, change: 1 | -1): void {
    const count = (this.#openByPeer.get(peer) ?? 0) + change
    this.#open += change
    if (count > 0) this.#openByPeer.set(peer, count)
    else this.#openByPeer.delete(peer)
  }
}

/** Peers that leave, stall or are too slow are everyday life, not failures. */
const isOver = (error: unknown): boolean => {
  if (error instanceof GgenError) return error.code === 'cancelled' || error.code === 'timeout' || error.code === 'peer-unreachable'
  return error instanceof Event || (error instanceof Error && ['TimeoutError', 'AbortError', 'StreamStateError', 'StreamResetError'].includes(error.name))
}

/** Aborts when the stream is closed before it was answered. */
const closedSignal = (stream: Stream): AbortSignal => {
  const closed = new AbortController()
  const onClose = (): void => closed.abort(new GgenError('cancelled', 'the asker has left'))
  stream.addEventListener('close', onClose, { once: true })
  if (stream.status !== 'open') onClose()
  return closed.signal
}

/** The answer, or the signal's reason if that comes first: an answerer that ignores its signal must not hold the place of others. */
const orAbort = async (answer: Promise<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([answer, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
