import { type Clock, type Digest, isGgenError, LIMITS, type Multiaddr, type PeerId } from '#core'
import type { BulkChannel } from '#bulk'
import type { Network } from '#network'
import { decodeHaveAnswer, encodeHaveQuestion, type HaveAnswer, type HeldBlob } from '#wire'
import { Latencies } from './latencies.ts'

/** What asking needs. */
export interface QuestionParts {
  readonly network: Network
  readonly clock: Clock
  /** Hears how each peer's bulk channel is reached; absent: this node uses none. */
  readonly bulk?: Pick<BulkChannel, 'learn'>
}

/** Hears what a peer said of a blob, wanted by somebody still or not; `undefined`: it does not hold it. */
export type Hearing = (peer: PeerId, digest: Digest, held: HeldBlob | undefined) => void

/** What a peer says it holds of a blob; `undefined`: nothing; `silent`: it gave no answer, whatever it holds. */
export type HaveReply = HeldBlob | undefined | 'silent'

/** One question to a peer about a blob, shared by all who want to know the same. */
interface Want {
  readonly answer: PromiseWithResolvers<HaveReply>
  readonly signals: AbortSignal[]
}

interface Line {
  readonly waiting: Map<Digest, Want>
  asked: ReadonlyMap<Digest, Want>
}

/** Digests that may wait for one peer: what does not fit is not asked. */
const WAITING = 16 * LIMITS.haveDigests
const NOBODY: ReadonlyMap<Digest, Want> = new Map()

/**
 * Asks peers what they hold, over `/ggen/have/1`: what is wanted of a peer within one turn goes into one question, what comes while that one
 * is under way into the next. So a burst of a thousand blobs costs a handful of questions, and a single one waits for nothing.
 */
export class HaveQuestions {
  readonly #parts: QuestionParts
  readonly #hear: Hearing
  readonly #lines = new Map<PeerId, Line>()
  readonly #latencies = new Latencies()

  constructor(parts: QuestionParts, hear: Hearing) {
    this.#parts = parts
    this.#hear = hear
  }

  /** The time within which most connected peers answer, within bounds. */
  usualMs(minMs: number, maxMs: number): number {
    return this.#latencies.p85(minMs, maxMs)
  }

  /**
   * What a peer says it holds of a blob; `silent` when it cannot be reached, is too busy, or says nothing in time or nonsense. A peer that is not
   * connected is dialled. The signal only keeps a question from being sent that nobody waits for any more.
   */
  ask(peer: PeerId, digest: Digest, signal: AbortSignal): Promise<HaveReply> {
    const line = this.#lines.get(peer)
    const same = line?.asked.get(digest) ?? line?.waiting.get(digest)
    if (same !== undefined) {
      same.signals.push(signal)
      return same.answer.promise
    }
    const want: Want = { answer: Promise.withResolvers(), signals: [signal] }
    if (line === undefined) {
      const opened: Line = { waiting: new Map([[digest, want]]), asked: NOBODY }
      this.#lines.set(peer, opened)
      void this.#work(peer, opened)
    } else if (line.waiting.size < WAITING) line.waiting.set(digest, want)
    else want.answer.resolve('silent')
    return want.answer.promise
  }

  /** Asks until nothing is wanted of the peer any more. */
  async #work(peer: PeerId, line: Line): Promise<void> {
    // Others in this turn may want something too.
    await Promise.resolve()
    while (line.waiting.size > 0) {
      line.asked = nextBatch(line.waiting)
      if (line.asked.size > 0) await this.#settle(peer, line.asked)
      line.asked = NOBODY
    }
    this.#lines.delete(peer)
  }

  async #settle(peer: PeerId, batch: ReadonlyMap<Digest, Want>): Promise<void> {
    try {
      const held = await this.#question(peer, [...batch.keys()])
      for (const [index, { answer }] of [...batch.values()].entries()) answer.resolve(held === 'silent' ? held : held[index])
    } catch (error) {
      // Not the peer's doing: whoever waits shall know.
      for (const { answer } of batch.values()) answer.reject(error)
    }
  }

  async #question(peer: PeerId, digests: readonly Digest[]): Promise<HaveAnswer['held'] | 'silent'> {
    const { network, clock, bulk } = this.#parts
    const isConnected = network.peers().some((connected) => connected.peer === peer)
    const deadline = clock.timeout(isConnected ? LIMITS.haveTimeoutMs : LIMITS.haveDialTimeoutMs)
    const began = clock.monotonic()
    try {
      const answer = decodeHaveAnswer(await network.ask(peer, '/ggen/have/1', encodeHaveQuestion(digests), deadline), digests.length)
      if (isConnected) this.#latencies.note(clock.monotonic() - began)
      const host = answer.bulk && hostOf(network, peer)
      if (answer.bulk !== undefined && host !== undefined) bulk?.learn(peer, host, answer.bulk)
      for (const [index, digest] of digests.entries()) this.#hear(peer, digest, answer.held[index])
      return answer.held
    } catch (error) {
      if (isGgenError(error)) return 'silent'
      throw error
    }
  }
}

/** Takes from those that wait as many as fit into a question, without those that nobody waits for any more. */
const nextBatch = (waiting: Map<Digest, Want>): ReadonlyMap<Digest, Want> => {
  const batch = new Map<Digest, Want>()
  for (const [digest, want] of waiting) {
    if (batch.size === LIMITS.haveDigests) break
    waiting.delete(digest)
    if (want.signals.every(({ aborted }) => aborted)) want.answer.resolve('silent')
    else batch.set(digest, want)
  }
  return batch
}

const IP_HOST = /^\/ip[46]\/([^/]+)\//

/** The IP address at the other end of the connection to a peer. That of a relayed one would be the relay's. */
const hostOf = (network: Network, peer: PeerId): string | undefined => {
  const address: Multiaddr | undefined = network.peers().find((connected) => connected.peer === peer)?.address
  return address === undefined || address.includes('/p2p-circuit') ? undefined : IP_HOST.exec(address)?.[1]
}
