import { type BufferPool, GgenError, LIMITS } from '#core'
import type { Receiver } from './connection.ts'
import { type AnswerHead, readHead } from './read-head.ts'

/** Full lots that wait for the reader: above the first the peer is held back, below the second it goes on. */
const HIGH_LOTS = 4
const LOW_LOTS = 2
/** A reader that waits gets what there is after this time, also when no lot is full. */
const PATIENCE_MS = 20

/**
 * One answer as it comes: first the head, then exactly as many bytes as it names. The connection writes straight into the lots, which are
 * handed on as they are: no copying, and no more memory than a few lots, however fast the peer and slow the reader.
 */
export class Inbox implements Receiver {
  readonly #accept: (head: AnswerHead) => void
  readonly #resume: () => void
  readonly #lots: BufferPool
  #head: AnswerHead | undefined
  #headSpace = new Uint8Array(LIMITS.bulkHeaderBytes)
  #headBytes = 0
  #leftBytes = 0
  #lot: Uint8Array = new Uint8Array(0)
  #lotBytes = 0
  /** Of the lot, from its beginning: what was handed on already. */
  #handedBytes = 0
  #full: Uint8Array[] = []
  #isHeld = false
  #hasExcess = false
  #failure: Error | undefined
  #wake: (() => void) | undefined
  #patience: NodeJS.Timeout | undefined

  /** `accept` throws when the head is not what was asked for; `resume` lets the peer go on. */
  constructor(accept: (head: AnswerHead) => void, resume: () => void, lots: BufferPool) {
    this.#accept = accept
    this.#resume = resume
    this.#lots = lots
  }

  /** Whether anything has come. */
  get hasBegun(): boolean {
    return this.#headBytes > 0
  }

  /** Whether the answer came to its end and nothing behind it, so that the connection can be used again. */
  get isClean(): boolean {
    return this.#isComplete && this.#head?.stays === true && !this.#hasExcess
  }

  get #isComplete(): boolean {
    return this.#head !== undefined && this.#leftBytes === 0
  }

  get isOver(): boolean {
    return this.#isComplete || this.#failure !== undefined
  }

  space(): Uint8Array {
    return this.#head === undefined ? this.#headSpace.subarray(this.#headBytes) : this.#lot.subarray(this.#lotBytes)
  }

  filled(bytes: number): boolean {
    try {
      if (this.#head === undefined) this.#readHead(bytes)
      else this.#count(bytes)
    } catch (error) {
      this.broke(error instanceof Error ? error : new GgenError('frame-invalid', String(error)))
    }
    this.#isHeld = this.#full.length >= HIGH_LOTS
    return !this.#isHeld
  }

  /** What comes later does not matter any more; what is here can still be taken. */
  broke(error: Error): void {
    this.#failure ??= error
    this.#wakeUp()
  }

  /** The next bytes, the caller's own; `undefined` at the end. Throws what `broke` was told. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const lot = this.#full.shift()
      if (this.#isHeld && this.#full.length <= LOW_LOTS) {
        this.#isHeld = false
        this.#resume()
      }
      if (lot !== undefined) return lot
      if (this.#failure !== undefined) throw this.#failure
      if (this.#isComplete) return undefined
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      if (this.#lotBytes > this.#handedBytes) this.#hurry()
      await promise
    }
  }

  #readHead(bytes: number): void {
    this.#headBytes += bytes
    const head = readHead(this.#headSpace.subarray(0, this.#headBytes))
    if (head === undefined) return
    this.#head = head
    this.#leftBytes = head.length
    const begun = this.#headSpace.subarray(head.headBytes, this.#headBytes)
    this.#hasExcess = begun.length > head.length
    this.#accept(head)
    this.#newLot()
    this.#lot.set(begun.subarray(0, head.length))
    this.#count(Math.min(begun.length, head.length))
  }

  #count(bytes: number): void {
    this.#lotBytes += bytes
    this.#leftBytes -= bytes
    if (this.#lotBytes === this.#lot.length) {
      this.#handOn()
      this.#newLot()
      this.#wakeUp()
    } else if (this.#wake !== undefined) {
      this.#hurry()
    }
  }

  #newLot(): void {
    this.#lot = this.#lots.take(Math.min(LIMITS.lotBytes, this.#leftBytes))
    this.#lotBytes = 0
    this.#handedBytes = 0
  }

  /** A whole lot as it is, of a part a copy: the connection knows already where in this lot the next bytes go, so that it has to stay. */
  #handOn(): void {
    if (this.#lotBytes === this.#handedBytes) return
    const isWhole = this.#handedBytes === 0 && this.#lotBytes === this.#lot.length
    this.#full.push(isWhole ? this.#lot : this.#lot.slice(this.#handedBytes, this.#lotBytes))
    this.#handedBytes = this.#lotBytes
  }

  /** Gives a waiting reader what there is, unless the lot gets full before. */
  #hurry(): void {
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined
      if (this.#wake === undefined || this.#lotBytes === this.#handedBytes) return
      this.#handOn()
      this.#wakeUp()
    }, PATIENCE_MS)
  }

  #wakeUp(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    this.#wake?.()
    this.#wake = undefined
  }
}
