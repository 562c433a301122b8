import { type Clock, FINISHED, type GgenError } from '#core'
import { type BreakerInput, type BreakerState, CLOSED, stepBreaker } from './breaker-state.ts'
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
  readonly #running = new Set<Promise<void>>()
  #state: BreakerState = CLOSED
  #waiting = new AbortController()

  constructor(parts: BreakerParts) {
    this.#parts = parts
  }

  /** Why it is left alone; absent: it is not. */
  get refusal(): GgenError | undefined {
    return 'why' in this.#state ? this.#state.why : undefined
  }

  /** An answer is late, and it is not known yet why. */
  get isDoubted(): boolean {
    return this.#state.phase === 'doubted'
  }

  /** It answered, whatever it said. */
  answered(): void {
    this.#step({ type: 'answered' })
  }

  /** It has not answered yet, and others are asked meanwhile. */
  late(): void {
    this.#step({ type: 'late' })
  }

  /** An exchange came to nothing. */
  failed(why: GgenError): void {
    this.#step({ type: 'failed', why })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(FINISHED)
    await Promise.all(this.#running)
  }

  #step(input: BreakerInput): void {
    const { state, effect } = stepBreaker(this.#state, input)
    this.#state = state
    if (effect === undefined || this.#stop.signal.aborted) return
    const work = effect === 'probe' ? this.#probe() : this.#wait(effect.waitMs)
    this.#running.add(work)
    void work.finally(() => this.#running.delete(work))
  }

  async #wait(ms: number): Promise<void> {
    this.#waiting.abort(FINISHED)
    this.#waiting = new AbortController()
    const [waited] = await Promise.allSettled([this.#parts.clock.wait(ms, AbortSignal.any([this.#stop.signal, this.#waiting.signal]))])
    if (waited.status === 'fulfilled') this.#step({ type: 'due' })
  }

  async #probe(): Promise<void> {
    const { signal } = this.#stop
    try {
      await this.#parts.probe(signal)
      this.answered()
    } catch (error) {
      if (signal.aborted) return
      if (isFailure(error)) this.failed(error)
      else this.answered()
    }
  }
}
