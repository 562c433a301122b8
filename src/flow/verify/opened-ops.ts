import { isChainOp, LIMITS, type Op } from '#core'
import { reopenOp } from '#trust'

/** The op in an envelope that this node stored. */
export type Reopen = (envelope: Uint8Array) => Op

/**
 * Remembers ops by all their bytes: chain ops that were asked for last, because the roles of a publisher stand behind every one of its releases,
 * and the others until they are let go.
 */
export class OpenedOps {
  readonly #chains = new Map<string, Op>()
  readonly #others = new Map<string, Op>()

  readonly reopen: Reopen = (envelope) => {
    const key = keyOf(envelope)
    const op = this.#others.get(key) ?? this.#chains.get(key) ?? reopenOp(envelope)
    this.#keep(key, op)
    return op
  }

  /** Saves opening an op that is about to be stored and looked at. */
  remember(op: Op): void {
    this.#keep(keyOf(op.bytes), op)
  }

  /** Lets go what is many, and of no use when the work it was opened for is done. */
  forgetMany(): void {
    this.#others.clear()
  }

  #keep(key: string, op: Op): void {
    const kept = isChainOp(op) ? this.#chains : this.#others
    kept.delete(key)
    kept.set(key, op)
    if (kept.size > LIMITS.openOps) for (const oldest of kept.keys().take(1)) kept.delete(oldest)
  }
}

const keyOf = (envelope: Uint8Array): string => Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length).toString('latin1')
