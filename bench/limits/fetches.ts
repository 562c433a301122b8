import { rm } from 'node:fs/promises'
import { temporaryFolder } from '#testing'
import { median, type Result, round, spread } from '../measure.ts'
import { makePayload } from '../transfer/payload.ts'
import { Pair, race } from '../transfer/race.ts'
import { LARGE_SIZES, SMALL_SIZES } from '../transfer/sizes.ts'
import { HTTP, OURS } from '../transfer/systems.ts'

const SIZES = [...SMALL_SIZES, ...LARGE_SIZES].filter(({ name }) => ['1 MB', '10 MB', '100 MB'].includes(name))
/** The first documents name a limit for this size alone. */
const LIMIT_MS: Readonly<Record<string, number>> = { '1 MB': 5000 }

/** From a peer that nobody was connected to, beside a web server. */
export const fetches = async (): Promise<Result[]> => {
  await using work = await temporaryFolder()
  await using ours = await Pair.start(OURS, work.path)
  await using http = await Pair.start(HTTP, work.path)
  const runners = [ours, http].map((pair) => ({ pair, keepsConnection: true }))
  const rows: Result[] = []
  for (const { name, bytes } of SIZES) {
    const payload = await makePayload(work.path, `limit ${name}`, bytes)
    const times = await race(runners, payload, { rounds: 5, warmUps: 1, contact: 'new', work: work.path })
    await rm(payload.path)
    const [mine, base] = [OURS, HTTP].map((system) => {
      const values = times.get(system.name)
      if (!Array.isArray(values)) throw values ?? new Error(`${system.name} did not run`)
      console.log(`${name}, ${system.name}: ${spread(values)} ms over ${values.length} rounds`)
      return median(values)
    }) as [number, number]
    const most = LIMIT_MS[name]
    rows.push({
      what: `fetch of ${name} from a peer`, unit: 'ms', ours: round(mine), baseline: round(base), baselineName: 'Node HTTP', ratio: round(mine / base),
      goal: most === undefined ? 'stated' : `< ${most} ms`, pass: most === undefined || mine < most,
    })
  }
  return rows
}
