import { temporaryFolder } from '#testing'
import { report, type Result } from './measure.ts'
import { installs } from './trust/installs.ts'
import { verify } from './trust/verify.ts'

/** One row of questions each. */
const ROWS: Readonly<Record<string, (work: string) => Promise<Result[]>>> = { verify, installs }

/** What can be measured alone. */
export const GROUPS = Object.keys(ROWS)

/** What believing costs. A run of some groups replaces only their rows. */
export const run = async (groups: readonly string[]): Promise<void> => {
  for (const [name, rowsOf] of Object.entries(ROWS)) {
    if (groups.length > 0 && !groups.includes(name)) continue
    await using work = await temporaryFolder()
    await report('trust', await rowsOf(work.path), { merge: true })
  }
}
