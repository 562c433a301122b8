import { type Clock, type Events, LIMITS, type PeerId } from '#core'

/** How far a node is that brings many ops. */
export interface Catching {
  readonly ops: number
  /** What the peer that is asked has. */
  readonly of: number
  readonly opsPerSecond: number
  /** Absent before there is a rate to go by. */
  readonly remainingMs?: number
}

/** One session's share; `hear` is told how far it is. */
export interface Progress extends Disposable {
  readonly hear: (ops: number, of: number) => void
}

/** Turns what sessions say of their progress into one picture, and now and then into an event; what is quickly done is not worth either. */
export class CatchUp {
  readonly #parts: { readonly clock: Clock; readonly events: Events }
  readonly #current = new Map<PeerId, Catching>()

  constructor(parts: { readonly clock: Clock; readonly events: Events }) {
    this.#parts = parts
  }

  /** The session that has most before it. */
  now(): Catching | undefined {
    return [...this.#current.values()].sort((a, b) => b.of - b.ops - (a.of - a.ops))[0]
  }

  begin(peer: PeerId): Progress {
    const { clock, events } = this.#parts
    const began = clock.monotonic()
    let first: number | undefined
    let told = began
    return {
      hear: (ops, of) => {
        const now = clock.monotonic()
        first ??= ops
        if (of <= ops) this.#current.delete(peer)
        if (now - told < LIMITS.syncTellMs || of <= ops) return
        told = now
        const opsPerSecond = Math.round(((ops - first) * 1000) / (now - began))
        const catching = { ops, of, opsPerSecond, ...(opsPerSecond > 0 && { remainingMs: Math.round(((of - ops) * 1000) / opsPerSecond) }) }
        this.#current.set(peer, catching)
        events.emit({ type: 'sync-progress', peer, ...catching })
      },
      [Symbol.dispose]: () => this.#current.delete(peer),
    }
  }
}
