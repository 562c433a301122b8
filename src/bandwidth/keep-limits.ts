import type { BandwidthLimits, LimitsChange } from '#core'
import type { Bandwidth, Rates } from './bandwidth.ts'

/** Where changes are kept. */
export interface LimitsFile {
  /** Empty when nothing was kept. */
  read(): Promise<LimitsChange>
  /** Durable when it resolves. */
  write(change: LimitsChange): Promise<void>
}

/** The limits of a running node, which can be seen and changed. */
export interface KeptLimits {
  limits(): BandwidthLimits
  rates(): Rates
  /** Holds at once and after a restart, whatever the configuration says. Throws what the file throws; then nothing has changed. */
  change(change: LimitsChange): Promise<void>
  /** From now on what is configured holds. Throws the same. */
  reset(): Promise<void>
}

const DIRECTIONS = ['up', 'down', 'perPeer'] as const

const overlaid = (configured: BandwidthLimits, change: LimitsChange): BandwidthLimits =>
  Object.fromEntries(
    DIRECTIONS.flatMap((key) => {
      const limit = change[key] === undefined ? configured[key] : change[key]
      return limit === undefined || limit === null ? [] : [[key, limit]]
    }),
  )

/** Puts the limits into force that were set last by command, and those of the configuration where none was. Throws what the file throws. */
export const keepLimits = async (bandwidth: Bandwidth, configured: BandwidthLimits, file: LimitsFile): Promise<KeptLimits> => {
  let kept = await file.read()
  let last: Promise<void> = Promise.resolve()
  bandwidth.setLimits(overlaid(configured, kept))
  /** One after the other, each on top of what the one before has left. */
  const inTurn = (make: (kept: LimitsChange) => LimitsChange): Promise<void> => {
    const write = async (): Promise<void> => {
      const next = make(kept)
      await file.write(next)
      kept = next
      bandwidth.setLimits(overlaid(configured, kept))
    }
    last = last.then(write, write)
    return last
  }
  return {
    limits: () => bandwidth.limits(),
    rates: () => bandwidth.rates(),
    change: (change) => inTurn((before) => ({ ...before, ...change })),
    reset: () => inTurn(() => ({})),
  }
}
