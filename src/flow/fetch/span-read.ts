import { LIMITS, type Giver, pieceRange } from '#core'
import type { Span } from './piece-demand.ts'

/** What is asked for in one request: pieces that follow each other, in order. */
export interface SpanRequest extends Span {
  readonly id: number
  readonly peer: Giver
  /** Of the whole blob. */
  readonly sizeBytes: number
  /** Milliseconds that never go back. */
  readonly startedAt: number
}

/** A request under way: how far it is. */
export class SpanRead {
  readonly id: number
  readonly peer: Giver
  readonly startedAt: number
  /** The piece that is coming in. */
  next: number
  /** It ends before this piece. */
  end: number
  /** How much of the piece has come. */
  partBytes = 0
  hasBegun = false
  /** The reader lets it wait: its silence says nothing about the source. */
  isHeld = false
  readonly #sizeBytes: number

  constructor({ id, peer, first, end, sizeBytes, startedAt }: SpanRequest) {
    this.id = id
    this.peer = peer
    this.next = first
    this.end = end
    this.startedAt = startedAt
    this.#sizeBytes = sizeBytes
  }

  /** Bytes that have not come. */
  get owedBytes(): number {
    return Math.min(this.end * LIMITS.pieceBytes, this.#sizeBytes) - this.next * LIMITS.pieceBytes - this.partBytes
  }

  /** Bytes of the piece that is coming in that have not come. */
  get pieceOwedBytes(): number {
    return pieceRange(this.#sizeBytes, this.next).length - this.partBytes
  }

  /** The first of its pieces that it can still be freed of. */
  get firstUnbegun(): number {
    return this.hasBegun ? this.next + 1 : this.next
  }
}
