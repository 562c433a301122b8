import { temporaryFolder } from '#testing'
import { report, type Result } from './measure.ts'
import { cpu } from './transfer/cpu.ts'
import { kill } from './transfer/kill.ts'
import { many } from './transfer/many.ts'
import { miss } from './transfer/miss.ts'
import { one } from './transfer/one.ts'
import { rivals } from './transfer/rivals.ts'
import { rss } from './transfer/rss.ts'
import { small } from './transfer/small.ts'

const ROWS: Readonly<Record<string, (work: string) => Promise<Result[]>>> = { one, rivals, many, small, cpu, rss, kill, miss }

/** What can be measured alone. */
export const GROUPS = Object.keys(ROWS)

/**
 * Blobs between real processes, ours beside plain HTTP and beside what users would pick instead. Rows go into one file; a run of some groups
 * replaces only their rows.
 */
export const run = async (groups: readonly string[]): Promise<void> => {
  for (const [name, rowsOf] of Object.entries(ROWS)) {
    if (groups.length > 0 && !groups.includes(name)) continue
    await using work = await temporaryFolder()
    await report('transfer', await rowsOf(work.path), { merge: true })
  }
}
