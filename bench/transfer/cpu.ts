import { median, type Result, round, spread } from '../measure.ts'
import { makePayload } from './payload.ts'
import { cpuSeconds } from './process-figures.ts'
import { Pair } from './race.ts'
import { MB } from './sizes.ts'
import { HTTPS, makeCertificate, OURS } from './systems.ts'

const BYTES = 500 * MB
const ROUNDS = 5
const SLOPE = 1.5

/** CPU seconds per GB, both sides together, beside Node's own HTTPS with the same hashes and flushes. */
export const cpu = async (work: string): Promise<Result[]> => {
  const payload = await makePayload(work, 'cpu', BYTES)
  await using ours = await Pair.start(OURS, work)
  await using https = await Pair.start(HTTPS, work, makeCertificate)
  const figures = new Map([[ours, [] as number[]], [https, [] as number[]]])
  const spent = async ({ consumer, provider }: Pair): Promise<number> => (await cpuSeconds(consumer.pid)) + (await cpuSeconds(provider.pid))
  for (let each = -1; each < ROUNDS; each++) {
    for (const [pair, values] of figures) {
      await pair.consumer.forget()
      await pair.source(payload)
      const before = await spent(pair)
      await pair.fetch([payload])
      if (each >= 0) values.push(((await spent(pair)) - before) / (BYTES / 1e9))
    }
  }
  for (const [{ system: { name } }, values] of figures) console.log(`CPU, ${name}: ${spread(values)} s per GB over ${values.length} rounds`)
  const [mine, theirs] = [ours, https].map((pair) => median(figures.get(pair) ?? [])) as [number, number]
  return [{
    what: 'CPU of both sides together', unit: 's per GB', ours: round(mine), baseline: round(theirs), baselineName: 'Node HTTPS', ratio: round(mine / theirs),
    goal: `≤ ${SLOPE} × Node HTTPS`, pass: mine <= SLOPE * theirs,
  }]
}
