import { report, type Result } from './measure.ts'
import { useBuilt } from './built.ts'
import { killed } from './hybrid/killed.ts'
import { Place } from './hybrid/place.ts'
import { unanswered } from './hybrid/unanswered.ts'

const ROWS: Readonly<Record<string, (place: Place) => Promise<Result[]>>> = { killed, unanswered }

/** What can be measured alone. */
export const GROUPS = Object.keys(ROWS)

/**
 * A central registry, two peers that have the same packages, and nodes that ask all of them, each a process of its own: what it costs when the
 * registry goes. A run of some groups replaces only their rows.
 */
export const run = async (groups: readonly string[]): Promise<void> => {
  await useBuilt()
  await using place = await Place.open()
  for (const [name, rowsOf] of Object.entries(ROWS)) {
    if (groups.length === 0 || groups.includes(name)) await report('hybrid', await rowsOf(place), { merge: true })
  }
}
