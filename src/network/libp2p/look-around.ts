import type { Clock } from '#core'
import { nextDelay } from './backoff.ts'
import { PEERS } from './settings.ts'

/** What looking for more peers needs from the rest of the node. */
export interface LookAroundContext {
  readonly clock: Clock
  /** In [0, 1). */
  readonly fraction: () => number
  /** Peers that are connected. */
  readonly count: () => number
  /** As many as are enough. */
  readonly wanted: number
  /** Resolves when a peer came or left after the call. */
  readonly changed: (signal: AbortSignal) => Promise<void>
  /** Asks those who are connected who else is there, and connects to some of them. */
  readonly meet: (signal: AbortSignal) => Promise<void>
}

/**
 * While there are some peers and not enough of them, asks these for others: at once, and then ever more patiently. The library of the DHT looks once, a
 * second after the start, when the only peer may not know anybody yet, and then every five minutes. Ends with the signal's reason.
 */
export const lookAround = async ({ clock, fraction, count, wanted, changed, meet }: LookAroundContext, signal: AbortSignal): Promise<void> => {
  for (let fruitless = 0; ; ) {
    const before = count()
    if (before === 0 || before >= wanted) {
      fruitless = 0
      await changed(signal)
      continue
    }
    await clock.wait(nextDelay(fruitless, fraction(), PEERS.lonelyRetryMs), signal)
    // Who is asked may leave, or have no time; then it is asked again.
    await Promise.allSettled([meet(AbortSignal.any([signal, clock.timeout(PEERS.meetMs)]))])
    signal.throwIfAborted()
    fruitless = count() > before ? 0 : fruitless + 1
  }
}
