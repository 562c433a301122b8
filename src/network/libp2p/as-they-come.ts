/** What is done with each thing, and with how many at once. */
export interface Work<Thing, Result> {
  readonly each: (thing: Thing) => Promise<Result>
  readonly atOnce: number
}

/**
 * Starts work on each thing when it comes, and yields the results in the order in which they are there. Work that fails yields nothing; what the source of
 * the things throws is thrown at the end. Whoever stops reading early must end the work by a signal of its own.
 */
export async function* asTheyCome<Thing, Result>(things: AsyncIterable<Thing>, { each, atOnce }: Work<Thing, Result>): AsyncGenerator<Result> {
  const done: Result[] = []
  let running = 0
  let isOver = false
  let change = Promise.withResolvers<void>()
  const tell = (): void => {
    change.resolve()
    change = Promise.withResolvers<void>()
  }
  const follow = async (thing: Thing): Promise<void> => {
    const [result] = await Promise.allSettled([each(thing)])
    if (result.status === 'fulfilled') done.push(result.value)
    running -= 1
    tell()
  }
  const startAll = async (): Promise<void> => {
    try {
      for await (const thing of things) {
        running += 1
        void follow(thing)
        while (running >= atOnce) await change.promise
      }
    } finally {
      isOver = true
      tell()
    }
  }
  const starting = Promise.allSettled([startAll()])
  for (;;) {
    for (let result = done.shift(); result !== undefined; result = done.shift()) yield result
    if (isOver && running === 0) break
    await change.promise
  }
  const [outcome] = await starting
  if (outcome.status === 'rejected') throw outcome.reason
}
