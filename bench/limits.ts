import { report, type Result } from './measure.ts'
import { central } from './limits/central.ts'
import { discovery } from './limits/discovery.ts'
import { fetches } from './limits/fetches.ts'
import { idle } from './limits/idle.ts'
import { lookUp } from './limits/look-up.ts'
import { publishing } from './limits/publishing.ts'
import { searching } from './limits/searching.ts'

const ROWS: Readonly<Record<string, () => Promise<Result[]>>> = { searching, central, 'look-up': lookUp, publishing, discovery, fetches, idle }

/** What can be measured alone. */
export const GROUPS = Object.keys(ROWS)

/** What the first documents set as limits, with a process for every node. Rows go into one file; a run of some groups replaces only their rows. */
export const run = async (groups: readonly string[]): Promise<void> => {
  for (const [name, rowsOf] of Object.entries(ROWS)) {
    if (groups.length === 0 || groups.includes(name)) await report('limits', await rowsOf(), { merge: true })
  }
}
