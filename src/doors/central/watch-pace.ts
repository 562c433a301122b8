import type { Socket } from 'node:net'
import { CENTRAL_LIMITS } from '#core'

/** How slow is too slow. */
export interface Pace {
  readonly everyMs: number
  readonly bytes: number
}

const USUAL: Pace = { everyMs: CENTRAL_LIMITS.paceMs, bytes: CENTRAL_LIMITS.paceBytes }

/** Cuts a connection over which fewer bytes go than an honest one would need; dispose when nothing goes over it any more. */
export const watchPace = (socket: Socket, { everyMs, bytes }: Pace = USUAL): Disposable => {
  const moved = (): number => socket.bytesRead + socket.bytesWritten
  let before = moved()
  const watch = setInterval(() => {
    const now = moved()
    if (now - before < bytes) socket.destroy()
    before = now
  }, everyMs)
  watch.unref()
  return { [Symbol.dispose]: () => clearInterval(watch) }
}
