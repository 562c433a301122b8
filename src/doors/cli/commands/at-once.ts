/**
 * Runs `work` over all items, `width` at a time, and resolves when nothing runs any more. The first failure aborts the signal of the others, lets nothing
 * more begin, and is thrown; so is the reason of `signal`.
 */
export const atOnce = async <T>(
  items: Iterable<T>, { width, signal }: { readonly width: number; readonly signal: AbortSignal }, work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const failure = new AbortController()
  const either = AbortSignal.any([signal, failure.signal])
  const queue = [...items].values()
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      either.throwIfAborted()
      await work(item, either)
    }
  }
  await Promise.all(Array.from({ length: width }, async () => await worker().catch((error: unknown) => failure.abort(error))))
  failure.signal.throwIfAborted()
}
