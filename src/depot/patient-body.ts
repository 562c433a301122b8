import { type Clock, GgenError } from '#core'

/** Chunks as they come, as long as none keeps us waiting for longer than so many milliseconds. Throws `timeout`, and what reading throws. */
export async function* patientBody(
  body: AsyncIterable<Uint8Array>, { clock, idleMs }: { readonly clock: Clock; readonly idleMs: number },
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const done = new AbortController()
      const late = clock.wait(idleMs, done.signal).then(() => {
        throw new GgenError('timeout', `nothing came for ${idleMs / 1000} seconds`)
      })
      try {
        const next = await Promise.race([chunks.next(), late])
        if (next.done === true) return
        yield next.value
      } finally {
        done.abort()
        // What it rejects with now is that nobody waits any more; whoever waited has heard.
        await Promise.allSettled([late])
      }
    }
  } finally {
    // Where the next chunk never comes, waiting for the end of the loop that makes it would take as long.
    void Promise.allSettled([chunks.return?.()])
  }
}
