import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, type Result, round, spread } from '../measure.ts'
import { Contestant } from './contestant.ts'
import type { Source } from './compose.ts'
import type { Holding } from './peer.ts'
import { makePayload } from './payload.ts'
import { compare, SETTLE_MS, warmMemory } from './race.ts'
import { MB } from './sizes.ts'
import { OURS } from './systems.ts'

const LIMIT = 20 * MB
const SHARE = 0.85
const ROUNDS = 5
const WARM_UPS = 3
const CROWDS = [{ holders: 3, bytes: 100 * MB }, { holders: 8, bytes: 500 * MB }] as const
/** A limit lets so much time's worth through at once when nothing went before; what it gives away counts as time. */
const BURST_MS = 100

/**
 * Several holders, each limited to 20 MB/s by what `ggen p2p limit` sets: how much of their sum arrives. They are nodes of their own in one process,
 * with warm code: eight processes beside a consumer keep two cores so busy that these, and not the holders, become what limits.
 */
export const many = async (work: string): Promise<Result[]> => {
  const rows: Result[] = []
  for (const { holders, bytes } of CROWDS) {
    const payload = await makePayload(work, `many ${holders}`, bytes)
    await using provider = await Contestant.start(OURS, 'provider', join(work, `${holders}-holders`))
    const sources = (await provider.ask('holders', { count: holders, file: payload.path, limit: LIMIT } satisfies Holding)) as Source[]
    await using consumer = await Contestant.start(OURS, 'consumer', join(work, `${holders}-consumer`))
    const rates: number[] = []
    for (let each = -WARM_UPS; each < ROUNDS; each++) {
      await consumer.forget()
      await warmMemory(work, bytes)
      await sleep(SETTLE_MS)
      const { ms, files } = await consumer.fetch([{ sources, out: '' }])
      await compare(OURS.name, files, [payload])
      if (each >= 0) rates.push(bytes / (ms + BURST_MS) / 1000)
    }
    const sum = (holders * LIMIT) / MB
    console.log(`${holders} holders of ${LIMIT / MB} MB/s: ${spread(rates)} MB/s over ${rates.length} rounds`)
    const rate = median(rates)
    rows.push({
      what: `${bytes / MB} MB from ${holders} holders, each limited to ${LIMIT / MB} MB/s`, unit: 'MB/s', ours: round(rate), baseline: sum,
      baselineName: 'the sum of the limits', ratio: round(rate / sum), goal: `≥ ${SHARE} of the sum`, pass: rate >= SHARE * sum,
    })
  }
  return rows
}
