import { LIMITS, type Op } from '#core'
import { reopenOp } from '#trust'

/** The op in an envelope that this node stored. */
export type Reopen = (envelope: Uint8Array) => Op

/** Remembers the ops that were asked for last, by all their bytes: the roles of a publisher stand behind every one of its releases. */
export class OpenedOps {
  readonly #opened = new Map<string, Op>()

  readonly reopen: Reopen = (envelope) => {
    const key = keyOf(envelope)
    const op = this.#opened.get(key) ?? reopenOp(envelope)
    this.#opened.delete(key)
    this.#keep(key, op)
    return op
  }

  /** Saves opening an op that is about to be stored and looked at. */
  remember(op: Op): void {
    this.#keep(keyOf(op.bytes), op)
  }

  #keep(key: string, op: Op): void {
    this.#opened.set(key, op)
    if (this.#opened.size > LIMITS.openOps) for (const oldest of this.#opened.keys().take(1)) this.#opened.delete(oldest)
  }
}

const keyOf = (envelope: Uint8Array): string => Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length).toString('latin1')
