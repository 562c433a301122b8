import { report, type Result } from './measure.ts'
import { verify } from './trust/verify.ts'

/** One row of questions each. What the trust policy adds to an install, and installs from liars, belong here as well. */
const ROWS: Readonly<Record<string, () => Promise<Result[]>>> = { verify }

/** What can be measured alone. */
export const GROUPS = Object.keys(ROWS)

/** What believing costs. A run of some groups replaces only their rows. */
export const run = async (groups: readonly string[]): Promise<void> => {
  for (const [name, rowsOf] of Object.entries(ROWS)) if (groups.length === 0 || groups.includes(name)) await report('trust', await rowsOf(), { merge: true })
}
