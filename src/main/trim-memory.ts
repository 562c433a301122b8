import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** By then the first peers have been met and the rest of the program is loaded. */
const FIRST_MS = 3000
const MOST_MS = 10 * 60_000
/** Less is not worth the pause. */
const WORTH_BYTES = 2 * 1024 * 1024
/** The part of the time in which a node worked; above it somebody would notice the pause. */
const BUSY = 0.2

/**
 * Gives back what starting took, and later what peers and a catalogue that came in left: loading a network stack leaves tens of megabytes of
 * garbage and empty pages, which V8 would keep for a program that goes on like that. A node then mostly waits. Looks ever more rarely, up to every
 * ten minutes, and passes over a node that has something to do; the pause is some tens of milliseconds.
 */
export const keepTrimmed = (): Disposable => {
  let waitMs = FIRST_MS
  let trimmedBytes: number | undefined
  let before = performance.eventLoopUtilization()
  const look = (): void => {
    const isBusy = performance.eventLoopUtilization(before).utilization > BUSY
    if (trimmedBytes === undefined || (!isBusy && process.memoryUsage.rss() > trimmedBytes + WORTH_BYTES)) {
      trimMemory()
      trimmedBytes = process.memoryUsage.rss()
    }
    before = performance.eventLoopUtilization()
    waitMs = Math.min(waitMs * 2, MOST_MS)
    timer = setTimeout(look, waitMs)
  }
  let timer = setTimeout(look, waitMs)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

const trimMemory = (): void => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
