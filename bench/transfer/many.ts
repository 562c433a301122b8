import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, type Result, round, spread } from '../measure.ts'
import { Contestant } from './contestant.ts'
import type { Source } from './compose.ts'
import { makePayload } from './payload.ts'
import { compare, SETTLE_MS, warmMemory } from './race.ts'
import { MB } from './sizes.ts'
import { OURS } from './systems.ts'

const LIMIT = 20 * MB
const SHARE = 0.85
const ROUNDS = 5
const CROWDS = [{ holders: 3, bytes: 100 * MB }, { holders: 8, bytes: 200 * MB }] as const
/** A limit lets so much time's worth through at once when nothing went before; what it gives away counts as time. */
const BURST_MS = 100

/**
 * Several holders, each limited to 20 MB/s by what `ggen p2p limit` sets: how much of their sum arrives. Not by proxies in front of them: two
 * processes more a holder are so much work for two cores that they, and not the holders, become what limits.
 */
export const many = async (work: string): Promise<Result[]> => {
  const rows: Result[] = []
  for (const { holders, bytes } of CROWDS) {
    const payload = await makePayload(work, `many ${holders}`, bytes)
    await using running = new AsyncDisposableStack()
    const sources: Source[] = []
    for (let index = 0; index < holders; index++) {
      const provider = running.use(await Contestant.start(OURS, 'provider', join(work, `${holders}-${index}`)))
      sources.push((await provider.offer(payload.path)) as Source)
      await provider.ask('limit', LIMIT)
    }
    const consumer = running.use(await Contestant.start(OURS, 'consumer', join(work, `${holders}-consumer`)))
    const rates: number[] = []
    for (let each = -1; each < ROUNDS; each++) {
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
