import { GgenError, LIMITS } from '#core'

interface Lane {
  open: number
  readonly waiting: Set<() => void>
}

/**
 * Lets so many through at once per key and makes the others wait in order. A peer accepts `LIMITS.streamsPerProtocol` questions at once per
 * protocol and resets the rest, so the others wait here.
 */
export class Slots {
  readonly #perKey: number
  readonly #lanes = new Map<string, Lane>()
  #total = 0

  constructor(perKey: number) {
    this.#perKey = perKey
  }

  /** Waits for a slot; call what it resolves to in order to free it. Throws `too-busy` when too many are waiting, or the signal's reason. */
  async enter(key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#total >= LIMITS.pendingQuestions) throw new GgenError('too-busy', 'too many questions are waiting for an answer')
    const lane = this.#lanes.get(key) ?? { open: 0, waiting: new Set() }
    this.#lanes.set(key, lane)
    this.#total += 1
    if (lane.open < this.#perKey) lane.open += 1
    else await this.#queue(lane, signal).catch((error: unknown) => this.#rethrow(error))
    return () => this.#leave(key, lane)
  }

  #rethrow(error: unknown): never {
    this.#total -= 1
    throw error
  }

  /** The one who leaves hands its slot on, so `open` does not change here. */
  #queue(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const proceed = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        lane.waiting.delete(proceed)
        reject(signal.reason)
      }
      lane.waiting.add(proceed)
      signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  #leave(key: string, lane: Lane): void {
    this.#total -= 1
    const [next] = lane.waiting
    if (next !== undefined) {
      lane.waiting.delete(next)
      next()
      return
    }
    lane.open -= 1
    if (lane.open === 0) this.#lanes.delete(key)
  }
}
