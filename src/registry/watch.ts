import { type Clock, FINISHED, GgenError, LIMITS } from '#core'

/** Ends an exchange when what it waits for takes too long. */
export class Watch {
  /** Aborts with the caller's, and when something was late. */
  readonly signal: AbortSignal
  readonly #clock: Clock
  readonly #late = new AbortController()
  #armed = new AbortController()

  constructor(clock: Clock, caller: AbortSignal) {
    this.#clock = clock
    this.signal = AbortSignal.any([caller, this.#late.signal])
  }

  get isLate(): boolean {
    return this.#late.signal.aborted
  }

  /** From now on so many milliseconds, in place of what was being waited for. */
  start(ms: number): void {
    this.stop()
    this.#armed = new AbortController()
    void this.#wait(ms, this.#armed.signal)
  }

  stop(): void {
    this.#armed.abort(FINISHED)
  }

  /** Bytes that come from elsewhere: only while they are waited for does the time count, and few of them are no more than none. */
  async *incoming(chunks: AsyncIterable<Uint8Array>, ms: number): AsyncGenerator<Uint8Array> {
    const enough = (LIMITS.stallBytesPerSecond * ms) / 1000
    let [leftMs, came] = [ms, 0]
    try {
      let since = this.#clock.monotonic()
      this.start(leftMs)
      for await (const chunk of chunks) {
        this.stop()
        leftMs -= this.#clock.monotonic() - since
        came += chunk.length
        if (came >= enough) [leftMs, came] = [ms, 0]
        yield chunk
        since = this.#clock.monotonic()
        this.start(Math.max(0, leftMs))
      }
    } finally {
      this.stop()
    }
  }

  /** Bytes that somebody takes: only while they are not taken does the time count, and after the last one. */
  async *outgoing(chunks: AsyncIterable<Uint8Array>, ms: number): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.start(ms)
      yield chunk
      this.stop()
    }
    this.start(ms)
  }

  async #wait(ms: number, armed: AbortSignal): Promise<void> {
    const [waited] = await Promise.allSettled([this.#clock.wait(ms, armed)])
    // This node may have been busy itself: what came meanwhile is heard first.
    await Promise.allSettled([this.#clock.wait(0, armed)])
    if (waited.status === 'fulfilled' && !armed.aborted) this.#late.abort(new GgenError('timeout', `nothing came for ${ms} ms`))
  }
}
