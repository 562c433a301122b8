import { setTimeout as after } from 'node:timers/promises'
import type { Clock } from '#core'

/** The machine's own clock: real sockets need real time. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wait: (ms, signal) => after(ms, undefined, { signal, ref: false }),
  timeout: (ms) => AbortSignal.timeout(ms),
}
