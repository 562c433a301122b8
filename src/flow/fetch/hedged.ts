import { type Clock, FINISHED } from '#core'

/** A place to look in. */
export interface Stage<Found> {
  /** How long it lets the places before it look alone, as long as they find nothing. */
  afterMs(): number
  /** Looks until there is nothing more to find; hands over each find at once. Ends, in whatever way, soon after the signal. */
  look(found: (find: Found) => void, signal: AbortSignal): Promise<void>
}

export interface HedgeParts {
  readonly clock: Clock
  /** Whether any of what was found is still good. */
  readonly isFound: () => boolean
}

/** With something found already, whoever goes on asking for this long needs more. */
const WIDEN_MS = 1000

/**
 * Looks in one place after the other: in the next one when those before it have ended in vain or are slower than usual, and, when more is asked
 * for, a moment after something was found. All that look do so to their end; finds come in the order in which they are made. Looks no
 * further than it is asked to. Throws what a place throws, and the reason of an aborted signal.
 */
export class Hedged<Found> {
  readonly #parts: HedgeParts
  readonly #stages: readonly Stage<Found>[]
  readonly #finds: Found[] = []
  #failure: { readonly error: unknown } | undefined
  #started = 0
  #looking = 0
  #lastStartMs = 0
  #woken = Promise.withResolvers<void>()

  constructor(stages: readonly Stage<Found>[], parts: HedgeParts) {
    this.#stages = stages
    this.#parts = parts
  }

  /** A find from elsewhere. */
  readonly found = (find: Found): void => {
    this.#finds.push(find)
    this.wake()
  }

  /** What was found may be good no longer. */
  wake(): void {
    this.#woken.resolve()
  }

  async *run(signal: AbortSignal): AsyncGenerator<Found> {
    const stop = new AbortController()
    const bounded = AbortSignal.any([signal, stop.signal])
    try {
      for (;;) {
        signal.throwIfAborted()
        if (this.#failure !== undefined) throw this.#failure.error
        const find = this.#finds.shift()
        if (find !== undefined) yield find
        else if (this.#dueMs() <= this.#parts.clock.monotonic()) this.#startNext(bounded)
        else if (this.#looking === 0 && this.#started === this.#stages.length) return
        else await this.#pause(bounded)
      }
    } finally {
      stop.abort(FINISHED)
    }
  }

  /** When the next place should be looked in. */
  #dueMs(): number {
    const next = this.#stages[this.#started]
    if (next === undefined) return Infinity
    const isFound = this.#parts.isFound()
    if (this.#looking === 0 && !isFound) return 0
    return this.#lastStartMs + (isFound ? WIDEN_MS : next.afterMs())
  }

  #startNext(signal: AbortSignal): void {
    const stage = this.#stages[this.#started]
    if (stage === undefined) return
    this.#started += 1
    this.#looking += 1
    this.#lastStartMs = this.#parts.clock.monotonic()
    void this.#look(stage, signal)
  }

  async #look(stage: Stage<Found>, signal: AbortSignal): Promise<void> {
    try {
      await stage.look(this.found, signal)
    } catch (error) {
      if (!signal.aborted) this.#failure = { error }
    }
    this.#looking -= 1
    this.wake()
  }

  /** Until something happens or the next place is due. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    const dueMs = this.#dueMs()
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    void this.#woken.promise.then(() => over.abort(FINISHED))
    const wait = dueMs === Infinity ? aborted(either) : clock.wait(Math.max(0, dueMs - clock.monotonic()), either)
    await Promise.allSettled([wait])
    this.#woken = Promise.withResolvers()
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
