import { type Clock, FINISHED, type GgenError } from '#core'
import { type BreakerState, CLOSED, stepBreaker, type BreakerInput } from './breaker-state.ts'
import { isFailure } from './failures.ts'

export interface BreakerParts {
  readonly clock: Clock
  /** Asks whether the registry answers; throws why not. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>
}

/** Keeps a registry that failed from costing anything until it answers again. Disposing ends the probe that is under way. */
export class Breaker implements AsyncDisposable {
  readonly #parts: BreakerParts
  readonly #stop = new AbortController()
  #state: BreakerState = CLOSED
  #running: Promise<void> | undefined

  constructor(parts: BreakerParts) {
    this.#parts = parts
  }

  /** Why it is left alone; absent: it is not. */
  get refusal(): GgenError | undefined {
    return this.#state.phase === 'closed' ? undefined : this.#state.why
  }

  /** It answered, whatever it said. */
  answered(): void {
    this.#step({ type: 'answered' })
  }

  /** An exchange came to nothing. */
  failed(why: GgenError): void {
    this.#step({ type: 'failed', why })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(FINISHED)
    await this.#running
  }

  #step(input: BreakerInput): void {
    const { state, effect } = stepBreaker(this.#state, input)
    this.#state = state
    if (effect === undefined || effect === 'probe' || this.#running !== undefined || this.#stop.signal.aborted) return
    this.#running = this.#probe(effect.waitMs).finally(() => {
      this.#running = undefined
    })
  }

  /** One after the other until it answers; what else is learnt meanwhile ends it sooner. */
  async #probe(firstMs: number): Promise<void> {
    const { clock, probe } = this.#parts
    const { signal } = this.#stop
    for (let waitMs: number | undefined = firstMs; waitMs !== undefined; ) {
      try {
        await clock.wait(waitMs, signal)
        const due = stepBreaker(this.#state, { type: 'due' })
        this.#state = due.state
        if (due.effect !== 'probe') return
        await probe(signal)
        this.#state = stepBreaker(this.#state, { type: 'answered' }).state
        return
      } catch (error) {
        if (signal.aborted) return
        if (!isFailure(error)) {
          this.#state = stepBreaker(this.#state, { type: 'answered' }).state
          return
        }
        const step = stepBreaker(this.#state, { type: 'failed', why: error })
        this.#state = step.state
        waitMs = step.effect === undefined || step.effect === 'probe' ? undefined : step.effect.waitMs
      }
    }
  }
}
