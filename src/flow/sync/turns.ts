import type { Clock, Random } from '#core'

/** A turn about every `everyMs`, each at a moment of its own, so that nodes that started together do not all ask at once. Ends when the signal aborts. */
export async function* turns(
  { clock, random, everyMs }: { readonly clock: Clock; readonly random: Random; readonly everyMs: number }, signal: AbortSignal,
): AsyncGenerator<void> {
  while (!signal.aborted) {
    try {
      await clock.wait(everyMs * (0.75 + random.fraction() / 2), signal)
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    yield
  }
}
