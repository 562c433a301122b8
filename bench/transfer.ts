import { report } from './measure.ts'
import { one } from './transfer/one.ts'
import { rivals } from './transfer/rivals.ts'
import { temporaryFolder } from '#testing'
import type { Result } from './measure.ts'

const ROWS: Readonly<Record<string, (work: string) => Promise<Result[]>>> = { one, rivals }
export const GROUPS = Object.keys(ROWS)
export const run = async (groups: readonly string[]): Promise<void> => {
  for (const [name, rows] of Object.entries(ROWS)) {
    if (groups.length > 0 && !groups.includes(name)) continue
    await using work = await temporaryFolder()
    await report('transfer', await rows(work.path), { merge: true })
  }
}
