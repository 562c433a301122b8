import { useBuilt } from './built.ts'
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

/**
 * What the first documents set as limits, with a process of the built program for every node. Rows go into one file; a run of some groups replaces only
 * their rows, and a group that could not be measured takes no other one with it.
 */
export const run = async (groups: readonly string[]): Promise<void> => {
  await useBuilt()
  const failures: unknown[] = []
  for (const [name, rowsOf] of Object.entries(ROWS)) {
    if (groups.length > 0 && !groups.includes(name)) continue
    try {
      await report('limits', await rowsOf(), { merge: true })
    } catch (error) {
      console.error(`${name} could not be measured:`, error)
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some rows are missing')
}
