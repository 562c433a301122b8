import { GgenError, LIMITS, type Urgency } from '#core'

interface Waiter {
  urgency: Urgency
  readonly enter: () => void
}

/** A place among those that are served, or in the queue before. Dispose to give it up. */
export interface Slot extends Disposable {
  /** Resolves when it is its turn; rejects with the reason of the signal. */
  readonly turn: Promise<void>
  /** Somebody waits for it now. */
  promote(): void
}

/** Lets so many in at once: those somebody waits for first, the others in at most three quarters of the places. */
export class TransferSlots {
  readonly #places: number
  readonly #waiting: Waiter[] = []
  readonly #inside = new Set<Waiter>()

  constructor(places: number) {
    this.#places = places
  }

  /** Throws `too-busy` when too many wait. */
  enter(urgency: Urgency, signal: AbortSignal): Slot {
    if (this.#waiting.length >= LIMITS.waitingTransfers) throw new GgenError('too-busy', 'too many downloads wait')
    const { promise: turn, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = { urgency, enter: resolve }
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    // Whoever entered it sees it.
    turn.catch(() => undefined)
    this.#waiting.push(waiter)
    this.#next()
    return {
      turn,
      promote: () => {
        waiter.urgency = 'interactive'
        this.#next()
      },
      [Symbol.dispose]: () => {
        signal.removeEventListener('abort', onAbort)
        this.#leave(waiter)
      },
    }
  }

  #leave(waiter: Waiter): void {
    this.#inside.delete(waiter)
    const at = this.#waiting.indexOf(waiter)
    if (at !== -1) this.#waiting.splice(at, 1)
    this.#next()
  }

  #next(): void {
    while (this.#inside.size < this.#places) {
      const urgent = this.#waiting.findIndex(({ urgency }) => urgency === 'interactive')
      const others = this.#inside.values().filter(({ urgency }) => urgency === 'background').toArray().length
      if (urgent === -1 && others >= Math.ceil(this.#places * 0.75)) return
      const [waiter] = this.#waiting.splice(Math.max(0, urgent), 1)
      if (waiter === undefined) return
      this.#inside.add(waiter)
      waiter.enter()
    }
  }
}
