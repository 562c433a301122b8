import { median, type Result, round, spread } from '../measure.ts'
import { makePayload } from './payload.ts'
import { cpuSeconds } from './process-figures.ts'
import { Pair } from './race.ts'
import { MB } from './sizes.ts'
import { HTTPS, makeCertificate, OURS } from './systems.ts'

const BYTES = 500 * MB
const ROUNDS = 5
const SLOPE = 1.5

/** CPU seconds of each side. */
interface Sides {
  readonly consumer: number
  readonly provider: number
}

const spent = async ({ consumer, provider }: Pair): Promise<Sides> => ({
  consumer: await cpuSeconds(consumer.pid), provider: await cpuSeconds(provider.pid),
})

/** CPU seconds per GB, both sides together, beside Node's own HTTPS with the same hashes and flushes. */
export const cpu = async (work: string): Promise<Result[]> => {
  const payload = await makePayload(work, 'cpu', BYTES)
  await using ours = await Pair.start(OURS, work)
  await using https = await Pair.start(HTTPS, work, makeCertificate)
  const figures = new Map([[ours, [] as Sides[]], [https, [] as Sides[]]])
  for (let each = -1; each < ROUNDS; each++) {
    for (const [pair, values] of figures) {
      await pair.consumer.forget()
      await pair.source(payload)
      const before = await spent(pair)
      await pair.fetch([payload])
      const after = await spent(pair)
      const perGb = (side: keyof Sides): number => (after[side] - before[side]) / (BYTES / 1e9)
      if (each >= 0) values.push({ consumer: perGb('consumer'), provider: perGb('provider') })
    }
  }
  for (const [{ system: { name } }, values] of figures) {
    const [consumer, provider] = [spread(values.map((sides) => sides.consumer)), spread(values.map((sides) => sides.provider))]
    console.log(`CPU, ${name}: consumer ${consumer}, provider ${provider} s per GB over ${values.length} rounds`)
  }
  const together = (pair: Pair): number => median((figures.get(pair) ?? []).map(({ consumer, provider }) => consumer + provider))
  const [mine, theirs] = [together(ours), together(https)]
  return [{
    what: 'CPU of both sides together', unit: 's per GB', ours: round(mine), baseline: round(theirs), baselineName: 'Node HTTPS', ratio: round(mine / theirs),
    goal: `≤ ${SLOPE} × Node HTTPS`, pass: mine <= SLOPE * theirs,
  }]
}
