import { type Clock, type Digest, isGgenError, LIMITS, type Multiaddr, type PeerId } from '#core'
import type { BulkChannel } from '#bulk'
import type { Network } from '#network'
import { decodeHaveAnswer, encodeHaveQuestion, type HaveAnswer, type HeldBlob } from '#wire'
import { EnclosureWindow } from './enclosure-window.ts'
import { Latencies } from './latencies.ts'
import type { PeerScores } from './peer-scores.ts'

/** What asking needs. */
export interface QuestionParts {
  readonly network: Network
  readonly clock: Clock
  /** Hears how each peer's bulk channel is reached, and knows to whom a connection rests; absent: this node uses none. */
  readonly bulk?: Pick<BulkChannel, 'learn' | 'isReady'>
  /** How well peers served this node; absent: nobody is preferred. */
  readonly scores?: PeerScores
}

/** Hears what a peer said of a blob, wanted by somebody still or not. */
export type Hearing = (peer: PeerId, digest: Digest, said: Said) => void

/** What an answer says of one blob; `held` is `undefined` where nothing of it is. */
export interface Said {
  readonly held: HeldBlob | undefined
  /** All of it, when the peer was asked to enclose it and did. */
  readonly enclosed?: Uint8Array | undefined
}

/** What is asked of a peer. */
export interface Wish {
  readonly digest: Digest
  /** Its size, where the peer is to enclose it in its answer; absent: it is not. */
  readonly encloseBytes?: number | undefined
}

/** What a peer says it holds of a blob; `undefined`: nothing; `silent`: it gave no answer, whatever it holds. */
export type HaveReply = HeldBlob | undefined | 'silent'

/** One question to a peer about a blob, shared by all who want to know the same. */
interface Want {
  readonly encloseBytes: number | undefined
  readonly answer: PromiseWithResolvers<HaveReply>
  readonly signals: AbortSignal[]
}

interface Line {
  readonly waiting: Map<Digest, Want>
  asked: ReadonlyMap<Digest, Want>
}

/** What goes into one question, those that are to be enclosed first. */
interface Batch {
  readonly wants: ReadonlyMap<Digest, Want>
  readonly enclose: number
}

/** Digests that may wait for one peer: what does not fit is not asked. */
const WAITING = 16 * LIMITS.haveDigests
const NOBODY: ReadonlyMap<Digest, Want> = new Map()
/** How quick peers were with enclosures is remembered, for so many. */
const WINDOWS = 1024

/**
 * Asks peers what they hold, over `/ggen/have/1`: what is wanted of a peer within one turn goes into one question, what comes while that one
 * is under way into the next. So a burst of a thousand blobs costs a handful of questions, and a single one waits for nothing.
 */
export class HaveQuestions {
  readonly #parts: QuestionParts
  readonly #hear: Hearing
  readonly #lines = new Map<PeerId, Line>()
  readonly #latencies = new Latencies()
  readonly #windows = new Map<PeerId, EnclosureWindow>()

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
  ask(peer: PeerId, { digest, encloseBytes }: Wish, signal: AbortSignal): Promise<HaveReply> {
    const line = this.#lines.get(peer)
    const same = line?.asked.get(digest) ?? line?.waiting.get(digest)
    if (same !== undefined) {
      same.signals.push(signal)
      return same.answer.promise
    }
    const want: Want = { encloseBytes, answer: Promise.withResolvers(), signals: [signal] }
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
      const batch = nextBatch(line.waiting, this.#windowOf(peer).bytes)
      line.asked = batch.wants
      if (batch.wants.size > 0) await this.#settle(peer, batch)
      line.asked = NOBODY
    }
    this.#lines.delete(peer)
  }

  async #settle(peer: PeerId, batch: Batch): Promise<void> {
    try {
      let held = await this.#question(peer, batch)
      // Perhaps only what it should have enclosed was too much for the way.
      if (held === 'late') held = await this.#question(peer, { ...batch, enclose: 0 })
      for (const [index, { answer }] of [...batch.wants.values()].entries()) answer.resolve(held === 'late' || held === 'silent' ? 'silent' : held[index])
    } catch (error) {
      // Not the peer's doing: whoever waits shall know.
      for (const { answer } of batch.wants.values()) answer.reject(error)
    }
  }

  /** `late`: there was no answer in time, though something was to be enclosed. */
  async #question(peer: PeerId, { wants, enclose }: Batch): Promise<HaveAnswer['held'] | 'silent' | 'late'> {
    const { network, clock, bulk, scores } = this.#parts
    const isConnected = network.addressOf(peer) !== undefined
    const deadline = clock.timeout(isConnected ? LIMITS.haveTimeoutMs : LIMITS.haveDialTimeoutMs)
    const question = { digests: [...wants.keys()], enclose }
    const began = clock.monotonic()
    try {
      const answer = decodeHaveAnswer(await network.ask(peer, '/ggen/have/1', encodeHaveQuestion(question), deadline), wants.size, enclose)
      const tookMs = clock.monotonic() - began
      if (isConnected) {
        this.#latencies.note(tookMs)
        this.#windowOf(peer).answered(tookMs)
        scores?.answered(peer, tookMs)
      }
      const host = answer.bulk && hostOf(network, peer)
      if (answer.bulk !== undefined && host !== undefined) bulk?.learn(peer, host, answer.bulk)
      for (const [index, [digest, { encloseBytes }]] of [...wants].entries()) {
        const enclosed = answer.enclosed?.get(index)
        this.#hear(peer, digest, { held: answer.held[index], enclosed: enclosed?.length === encloseBytes ? enclosed : undefined })
      }
      return answer.held
    } catch (error) {
      if (!isGgenError(error)) throw error
      // Who was only named by others may not even exist: these must not fill the memory.
      if (isConnected) scores?.failed(peer)
      if (enclose === 0 || error.code !== 'timeout' || network.addressOf(peer) === undefined) return 'silent'
      this.#windowOf(peer).lost()
      return 'late'
    }
  }

  #windowOf(peer: PeerId): EnclosureWindow {
    const window = this.#windows.get(peer) ?? new EnclosureWindow()
    this.#windows.delete(peer)
    this.#windows.set(peer, window)
    const [oldest] = this.#windows.keys()
    if (this.#windows.size > WINDOWS && oldest !== undefined) this.#windows.delete(oldest)
    return window
  }
}

/** Takes from those that wait as many as fit into a question, without those that nobody waits for any more. */
const nextBatch = (waiting: Map<Digest, Want>, roomBytes: number): Batch => {
  const [first, second]: readonly [[Digest, Want][], [Digest, Want][]] = [[], []]
  let room = roomBytes
  for (const entry of waiting) {
    if (first.length + second.length === LIMITS.haveDigests) break
    const [digest, { encloseBytes, answer, signals }] = entry
    waiting.delete(digest)
    if (signals.every(({ aborted }) => aborted)) answer.resolve('silent')
    else if (encloseBytes !== undefined && encloseBytes <= room) {
      room -= encloseBytes
      first.push(entry)
    } else second.push(entry)
  }
  return { wants: new Map([...first, ...second]), enclose: first.length }
}

const IP_HOST = /^\/ip[46]\/([^/]+)\//

/** The IP address at the other end of the connection to a peer. That of a relayed one would be the relay's. */
const hostOf = (network: Network, peer: PeerId): string | undefined => {
  const address: Multiaddr | undefined = network.addressOf(peer)
  return address === undefined || address.includes('/p2p-circuit') ? undefined : IP_HOST.exec(address)?.[1]
}
