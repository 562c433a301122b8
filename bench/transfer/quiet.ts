import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const LOOK_MS = 100
/** Share of all processors; the counters of the system are coarse. */
const IDLE_SHARE = 0.1
const LOOKS_MAX = 100

/**
 * Waits until what the one before left behind is over: what it did not flush, and what its process does after the last byte. Otherwise that would fall
 * on whoever comes next.
 */
export const quietDown = async (): Promise<void> => {
  if (process.platform !== 'win32') await promisify(execFile)('sync')
  for (let look = 0; look < LOOKS_MAX; look++) if ((await busyShare()) < IDLE_SHARE) return
}

const busyShare = async (): Promise<number> => {
  const before = spent()
  await sleep(LOOK_MS)
  const after = spent()
  return (after.busy - before.busy) / Math.max(1, after.all - before.all)
}

const spent = (): { readonly busy: number; readonly all: number } => {
  const times = cpus().flatMap(({ times: { idle, ...busy } }) => ({ idle, busy: Object.values(busy).reduce((sum, ms) => sum + ms, 0) }))
  const busy = times.reduce((sum, each) => sum + each.busy, 0)
  return { busy, all: busy + times.reduce((sum, { idle }) => sum + idle, 0) }
}
