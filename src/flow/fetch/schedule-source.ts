import { LIMITS, type Giver, type PieceSet } from '#core'
import type { SpanRead } from './span-read.ts'

/** Requests side by side at most: the second one is sent before the first one ends, so that the wire is never idle. */
const READS = 2
/** How long a rate is measured before it counts, and how quickly it forgets. */
const SAMPLE_MS = 100
const MEMORY_MS = 300
/** Silence that is several times the usual gap is suspicious, within these bounds. */
const SILENT_MS_MIN = 500
const SILENT_MS_MAX = 2500
const USUAL_GAPS = 4
/** Who takes this long for a piece gives its place to somebody else. */
const CRAWLING_MS_PER_PIECE = 8000
const BACKOFF_FIRST_MS = 250
const BACKOFF_MAX_MS = 8000
const REFUSALS_MAX = 8
/** Sent this long before the bytes of the request before it run out, besides the round trip; a piece is enough. */
const AHEAD_MS = 30

/** What one holder has, how fast it is, and what it was asked for. Times are milliseconds that never go back; rates are bytes per millisecond. */
export class ScheduleSource {
  readonly peer: Giver
  /** How much it is preferred to others as long as it was never asked. */
  readonly preference: number
  /** What it has; `undefined`: everything. */
  pieces: PieceSet | undefined
  readonly reads: SpanRead[] = []
  /** How many pieces it was last asked for at once; 0: it was never asked. */
  lastSpan = 0
  /** Not to be asked before. */
  notBefore = 0
  #width = READS
  #refusals = 0
  #hasGiven = false
  #rate: number | undefined
  #sampleAt = 0
  #sampleBytes = 0
  #heardAt = 0
  #roundTripMs: number | undefined
  #gapMs = 0
  #busyAt = 0
  #markAt = 0
  #markBytes = 0

  constructor(peer: Giver, pieces: PieceSet | undefined, preference = 0) {
    this.peer = peer
    this.preference = preference
    this.pieces = pieces
  }

  has(piece: number): boolean {
    return this.pieces === undefined || this.pieces.has(piece)
  }

  get isBusy(): boolean {
    return this.reads.length > 0
  }

  /** Round trip as measured by the first bytes of answers; 0 before. */
  get roundTripMs(): number {
    return this.#roundTripMs ?? 0
  }

  /** `undefined` before anything came. */
  rate(now: number): number | undefined {
    if (!this.isBusy) return this.#rate
    const elapsed = now - this.#sampleAt
    if (this.#rate === undefined) return this.#sampleBytes > 0 ? this.#sampleBytes / Math.max(elapsed, 0.1) : undefined
    return elapsed < SAMPLE_MS ? this.#rate : this.#folded(elapsed)
  }

  /** Whether it may be asked for more now: it is not, as far as known, occupied with what it was asked for. */
  isReady(now: number): boolean {
    if (now < this.notBefore || this.reads.length >= this.#width) return false
    if (!this.isBusy) return true
    const rate = this.rate(now)
    return rate !== undefined && !this.isSilent(now) && this.owedBytes <= rate * 1.5 * this.roundTripMs + Math.min(rate * AHEAD_MS, LIMITS.pieceBytes)
  }

  /** Bytes it was asked for that have not come. */
  get owedBytes(): number {
    return this.reads.reduce((sum, read) => sum + read.owedBytes, 0)
  }

  /** Nothing has come for much longer than usual, though it was waited for. */
  isSilent(now: number): boolean {
    if (!this.isBusy) return false
    const usual = USUAL_GAPS * Math.max(this.#gapMs, this.roundTripMs)
    return now - this.#heardAt > Math.min(SILENT_MS_MAX, Math.max(SILENT_MS_MIN, usual))
  }

  /** It gives so little that its place is better given to somebody who may give more. */
  isCrawling(now: number): boolean {
    if (this.isSilent(now)) return true
    const rate = this.rate(now)
    return this.isBusy && rate !== undefined && now - this.#busyAt > SILENT_MS_MAX && LIMITS.pieceBytes / rate > CRAWLING_MS_PER_PIECE
  }

  /** Less than the least that is accepted over the time that is granted. */
  isStalled(now: number): boolean {
    return this.isBusy && now - this.#markAt >= LIMITS.stallTimeoutMs
  }

  began(read: SpanRead, now: number): void {
    if (!this.isBusy) {
      this.#sampleAt = now
      this.#sampleBytes = 0
      this.#busyAt = now
      this.forgive(now)
    }
    this.reads.push(read)
  }

  ended(read: SpanRead): void {
    const at = this.reads.indexOf(read)
    if (at !== -1) this.reads.splice(at, 1)
  }

  received(read: SpanRead, bytes: number, now: number): void {
    this.#measureRoundTrip(read, now)
    this.#gapMs = Math.max(now - this.#heardAt, this.#gapMs * 0.9)
    this.#heardAt = now
    read.partBytes += bytes
    this.#sampleBytes += bytes
    this.#markBytes += bytes
    if (this.#markBytes * 1000 >= LIMITS.stallBytesPerSecond * LIMITS.stallTimeoutMs) this.#mark(now)
    this.measure(now)
  }

  /** Called now and then, so that a rate also falls when nothing comes. */
  measure(now: number): void {
    if (!this.isBusy) return
    if (this.reads.some(({ isHeld }) => isHeld)) this.forgive(now)
    const elapsed = now - this.#sampleAt
    if (elapsed < SAMPLE_MS || (this.#rate === undefined && this.#sampleBytes === 0)) return
    this.#rate = this.#folded(elapsed)
    this.#sampleAt = now
    this.#sampleBytes = 0
  }

  /** Its silence until now was not its own. */
  forgive(now: number): void {
    this.#heardAt = now
    this.#mark(now)
  }

  /** A right piece came: what was held against it is forgotten. */
  gave(now: number): void {
    this.#hasGiven = true
    this.#refusals = 0
    if (this.#rate === undefined) this.#rate = this.#sampleBytes / Math.max(now - this.#sampleAt, 0.1)
  }

  /** It has too much to do; false: it has said so too often. */
  refused(now: number): boolean {
    if (this.isBusy) {
      this.#width = this.reads.length
      return true
    }
    this.#refusals += 1
    this.notBefore = now + Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (this.#refusals - 1))
    return this.#refusals <= REFUSALS_MAX
  }

  /** A connection broke; false: without anything good since the last time. */
  broke(now: number): boolean {
    const mayComeBack = this.#hasGiven
    this.#hasGiven = false
    this.notBefore = now + BACKOFF_FIRST_MS
    return mayComeBack
  }

  #folded(elapsed: number): number {
    const sample = this.#sampleBytes / elapsed
    return this.#rate === undefined ? sample : this.#rate + (1 - Math.exp(-elapsed / MEMORY_MS)) * (sample - this.#rate)
  }

  #measureRoundTrip(read: SpanRead, now: number): void {
    if (read.hasBegun) return
    read.hasBegun = true
    const sample = now - read.startedAt
    this.#roundTripMs = this.#roundTripMs === undefined ? sample : Math.min(sample, this.#roundTripMs * 1.25)
  }

  #mark(now: number): void {
    this.#markAt = now
    this.#markBytes = 0
  }
}
