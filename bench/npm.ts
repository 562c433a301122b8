import { useBuilt } from './built.ts'
import { report, type Result } from './measure.ts'
import { cacheHits } from './npm/cache-hits.ts'
import { crowd } from './npm/crowd.ts'
import { documents } from './npm/documents.ts'
import { installs } from './npm/installs.ts'
import { publishing } from './npm/publishing.ts'
import { isQuick } from './npm/quick.ts'
import { stopped } from './npm/stopped.ts'
import { installVerdaccio } from './npm/verdaccio.ts'

export { USAGE } from './npm/quick.ts'

const ROWS: Readonly<Record<string, () => Promise<Result[]>>> = { installs, documents, hits: cacheHits, publishing, stopped, crowd }

/** What can be measured alone. */
export const GROUPS = Object.keys(ROWS)

/**
 * What the door for npm costs and brings, beside npm alone and beside Verdaccio: nodes of the built program and a Verdaccio, each a process of its own,
 * before a registry with fixed latency and bandwidth. A run of some groups replaces only their rows.
 */
export const run = async (groups: readonly string[]): Promise<void> => {
  await useBuilt()
  await installVerdaccio()
  for (const [name, rowsOf] of Object.entries(ROWS)) {
    if (groups.length === 0 || groups.includes(name)) await report('npm', await rowsOf(), { merge: true, records: !isQuick })
  }
}
