import { rm } from 'node:fs/promises'
import { median, type Result, round, spread } from '../measure.ts'
import { makePayload } from './payload.ts'
import { type Contact, Pair, race, type Runner } from './race.ts'
import { LARGE_SIZES, type Size, SMALL_SIZES } from './sizes.ts'
import { installRivals, OURS, type Rival, RIVALS_BY_NAME } from './systems.ts'

const LEAD = 1.8

type Field = readonly { readonly rival: Rival; readonly runner: Runner | Error }[]

/** Ours beside what a user would pick instead, at every size. */
export const rivals = async (work: string): Promise<Result[]> => {
  await installRivals()
  await using running = new AsyncDisposableStack()
  const ours: Runner = { pair: running.use(await Pair.start(OURS, work)), keepsConnection: true }
  const field: { rival: Rival; runner: Runner | Error }[] = []
  for (const rival of RIVALS_BY_NAME) {
    try {
      field.push({ rival, runner: { pair: running.use(await Pair.start(rival, work)), keepsConnection: rival.keepsConnection } })
    } catch (error) {
      field.push({ rival, runner: error instanceof Error ? error : new Error(String(error)) })
    }
  }
  const rows: Result[] = []
  for (const size of SMALL_SIZES) for (const contact of ['at hand', 'new'] as const) rows.push(...(await rowsOf(ours, field, { size, contact, work })))
  for (const size of LARGE_SIZES) rows.push(...(await rowsOf(ours, field, { size, contact: 'at hand', work })))
  return rows
}

const rowsOf = async (ours: Runner, field: Field, { size, contact, work }: { size: Size; contact: Contact; work: string }): Promise<Result[]> => {
  const isSmall = SMALL_SIZES.includes(size)
  const what = isSmall ? `${size.name}, connection ${contact}` : size.name
  const payload = await makePayload(work, `rivals ${size.name}`, size.bytes)
  const runners = field.flatMap(({ runner }) => (runner instanceof Error ? [] : [runner]))
  const times = await race([ours, ...runners], payload, { rounds: size.rivalRounds, warmUps: size.warmUps, contact, work })
  await rm(payload.path)
  for (const [name, values] of times) {
    console.log(`${what}, ${name}: ${Array.isArray(values) ? `${spread(values)} ms over ${values.length} rounds` : values.message}`)
  }
  const own = times.get(OURS.name)
  if (!Array.isArray(own)) throw own ?? new Error('ours did not run')
  const mine = median(own)
  const rows = field.map(({ rival: { name }, runner }) => {
    const theirs = runner instanceof Error ? runner : times.get(name)
    const title = `${what}, beside ${name}`
    return Array.isArray(theirs) ? faster(title, mine, { name, ms: median(theirs) }) : missing(title, mine, { name, error: theirs })
  })
  const there = rows.filter((row) => row.missing === undefined)
  const best = there.sort((a, b) => a.baseline - b.baseline)[0]
  if (isSmall || best === undefined) return rows
  const { baselineName: name, baseline: ms } = best
  return [...rows, {
    what: `${what}, beside the fastest of them`, unit: 'ms', ours: round(mine), baseline: ms, baselineName: name, ratio: round(ms / mine),
    goal: `${LEAD} × as fast`, pass: ms >= LEAD * mine,
  }]
}

/** `ratio`: how many times as long the other one takes. */
const faster = (what: string, ours: number, { name, ms }: { name: string; ms: number }): Result => ({
  what, unit: 'ms', ours: round(ours), baseline: round(ms), baselineName: name, ratio: round(ms / ours), goal: 'faster', pass: ours < ms,
})

const missing = (what: string, ours: number, { name, error }: { name: string; error: Error | undefined }): Result => ({
  what, unit: 'ms', ours: round(ours), baseline: Number.NaN, baselineName: name, ratio: Number.NaN, goal: 'faster', pass: false,
  missing: `not installable here, or it failed: ${(error?.message ?? 'did not run').split('\n')[0]}`,
})
