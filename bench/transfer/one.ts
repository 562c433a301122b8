import { rm } from 'node:fs/promises'
import { median, type Result, round, spread } from '../measure.ts'
import { makePayload } from './payload.ts'
import { type Contact, Pair, race, type Runner } from './race.ts'
import { LARGE_SIZES, type Size, SMALL_SIZES } from './sizes.ts'
import { HTTP, OURS } from './systems.ts'

const EXTRA_MS: Readonly<Record<Contact, number>> = { 'at hand': 5, new: 25 }
const SLOPE = 1.2

/** One warm peer beside Node's own server and client, with the same hashes and flushes. */
export const one = async (work: string): Promise<Result[]> => {
  await using ours = await Pair.start(OURS, work)
  await using http = await Pair.start(HTTP, work)
  const runners = [ours, http].map((pair) => ({ pair, keepsConnection: true }))
  const rows: Result[] = []
  for (const size of SMALL_SIZES) {
    for (const contact of ['at hand', 'new'] as const) rows.push(await compare(runners, { size, contact, work }))
  }
  for (const size of LARGE_SIZES) rows.push(await compare(runners, { size, contact: 'at hand', work }))
  return rows
}

const compare = async (runners: readonly Runner[], { size, contact, work }: { size: Size; contact: Contact; work: string }): Promise<Result> => {
  const payload = await makePayload(work, `one ${size.name}`, size.bytes)
  const times = await race(runners, payload, { rounds: size.rounds, warmUps: size.warmUps, contact, work })
  await rm(payload.path)
  const [ours, http] = [OURS, HTTP].map(({ name }) => {
    const values = times.get(name)
    if (!Array.isArray(values)) throw values ?? new Error(`${name} did not run`)
    console.log(`${size.name}, connection ${contact}, ${name}: ${spread(values)} ms over ${values.length} rounds`)
    return median(values)
  }) as [number, number]
  const isSmall = SMALL_SIZES.includes(size)
  return {
    what: isSmall ? `${size.name} from one peer, connection ${contact}` : `${size.name} from one peer`,
    unit: 'ms', ours: round(ours), baseline: round(http), baselineName: 'Node HTTP', ratio: round(ours / http),
    goal: isSmall ? `≤ Node HTTP + ${EXTRA_MS[contact]} ms` : `≤ ${SLOPE} × Node HTTP`,
    pass: isSmall ? ours <= http + EXTRA_MS[contact] : ours <= SLOPE * http,
  }
}
