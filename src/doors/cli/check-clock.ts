import { LIMITS } from '#core'
import type { CheckRow } from './commands/check-row.ts'
import type { FileFacts, Listing } from './commands/machine.ts'
import { durationText, momentText } from './quantities.ts'

export interface ClockFacts {
  /** Unix milliseconds. */
  readonly now: number
  readonly listing: Listing | undefined
  /** Date of the newest record that the node knows, Unix seconds. */
  readonly newestOpAt: number | undefined
}

/** Clocks of file servers are a little off, too. */
const FILE_TOLERANCE_MS = 120_000

const ADVICE = 'set the clock by the network: timedatectl set-ntp true, or the settings of the system'

const spanOf = (ms: number): string => durationText(Math.floor(ms / 1000))

/** Nobody tells a node what time it is: only that a clock is behind what was written or signed before can be known. */
export const checkClock = ({ now, listing, newestOpAt }: ClockFacts): readonly CheckRow[] => {
  const row = { check: 'clock', advice: ADVICE }
  const newest = listing?.files.reduce<FileFacts | undefined>((last, file) => (file.changedMs > (last?.changedMs ?? -1) ? file : last), undefined)
  const [behindRecord, behindFile] = [(newestOpAt ?? -Infinity) * 1000 - now, (newest?.changedMs ?? -Infinity) - now]
  if (behindRecord > LIMITS.opClockSkewSeconds * 1000) {
    return [{ ...row, state: 'fail', finding: `it says ${momentText(now)}, and a record was signed ${spanOf(behindRecord)} later than that` }]
  }
  if (behindFile > FILE_TOLERANCE_MS) {
    return [{ ...row, state: 'fail', finding: `it says ${momentText(now)}, and ${newest?.path} was written ${spanOf(behindFile)} later than that` }]
  }
  if (newestOpAt === undefined && newest === undefined) {
    return [{ check: 'clock', state: 'unknown', finding: `it says ${momentText(now)}; there is nothing yet to compare that with` }]
  }
  const compared = newestOpAt === undefined ? 'no file of ggen is newer' : 'no record and no file is newer'
  return [{ check: 'clock', state: 'ok', finding: `it says ${momentText(now)}, and ${compared}; whether it is ahead, nobody here can tell` }]
}
