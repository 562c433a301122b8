import { type Clock, GgenError } from '#core'

/** Chunks as they come, as long as none keeps us waiting for longer than so many milliseconds. Throws `timeout`, and what reading throws. */
export async function* patientBody(
  body: AsyncIterable<Uint8Array>, { clock, idleMs }: { readonly clock: Clock; readonly idleMs: number },
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  const watch = new Watch(clock, idleMs)
  const watching = watch.run()
  try {
    for (;;) {
      const next = await watch.wait(chunks.next())
      if (next.done === true) return
      yield next.value
    }
  } finally {
    watch.end()
    // What it rejects with now is that nobody waits any more.
    await Promise.allSettled([watching])
    // Where the next chunk never comes, waiting for the end of the loop that makes it would take as long.
    void Promise.allSettled([chunks.return?.()])
  }
}

/** One timer for all chunks of a body: there are thousands of them, and a timer of its own for each costs more than to hash it. */
class Watch {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #over = new AbortController()
  #giveUp: ((error: GgenError) => void) | undefined
  #since = 0

  constructor(clock: Clock, idleMs: number) {
    this.#clock = clock
    this.#idleMs = idleMs
  }

  /** Resolves to the next chunk. Throws `timeout` where it does not come in time. */
  wait<T>(next: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#since = this.#clock.monotonic()
    this.#giveUp = reject
    next.then((value) => {
      this.#giveUp = undefined
      resolve(value)
    }, reject)
    return promise
  }

  /** Looks again when a wait that is under way would be too long; as long as nobody waits, nothing is late. */
  async run(): Promise<void> {
    for (let leftMs = this.#idleMs; leftMs > 0; leftMs = this.#giveUp === undefined ? this.#idleMs : this.#since + this.#idleMs - this.#clock.monotonic()) {
      await this.#clock.wait(leftMs, this.#over.signal)
    }
    this.#giveUp?.(new GgenError('timeout', `nothing came for ${this.#idleMs / 1000} seconds`))
  }

  end(): void {
    this.#over.abort()
  }
}
