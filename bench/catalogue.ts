import { temporaryFolder } from '#testing'
import { disk } from './catalogue/disk.ts'
import { gossip } from './catalogue/gossip.ts'
import { loop } from './catalogue/loop.ts'
import { missed } from './catalogue/missed.ts'
import { newcomer } from './catalogue/newcomer.ts'
import { reconcile } from './catalogue/reconcile.ts'
import { queries } from './catalogue/queries.ts'
import { wire } from './catalogue/wire.ts'
import { report, type Result } from './measure.ts'

export { USAGE } from './catalogue/amount.ts'

const ROWS: Readonly<Record<string, (work: string) => Promise<Result[]>>> = { disk, wire, reconcile, gossip, newcomer, missed, loop, query: queries }

/** What can be measured alone. */
export const GROUPS = Object.keys(ROWS)

/** The catalogue between real processes: how it spreads, what it costs to bring and to keep. A run of some groups replaces only their rows. */
export const run = async (groups: readonly string[]): Promise<void> => {
  for (const [name, rowsOf] of Object.entries(ROWS)) {
    if (groups.length > 0 && !groups.includes(name)) continue
    await using work = await temporaryFolder()
    await report('catalogue', await rowsOf(work.path), { merge: true })
  }
}
