import { join } from 'node:path'
import { parseMultiaddr } from '#core'
import { type ProxyProcess, startProxyProcess } from '#testing'
import { median, type Result, round, spread } from '../measure.ts'
import { Contestant } from './contestant.ts'
import type { Place, Source } from './compose.ts'
import { makePayload, type Payload } from './payload.ts'
import { compare } from './race.ts'
import { MB } from './sizes.ts'
import { OURS } from './systems.ts'

const LIMIT = 20 * MB
const SHARE = 0.85
const ROUNDS = 5
const CROWDS = [{ holders: 3, bytes: 100 * MB }, { holders: 8, bytes: 200 * MB }] as const

/** Several holders, each behind a link of 20 MB/s of its own: how much of their sum arrives. */
export const many = async (work: string): Promise<Result[]> => {
  const rows: Result[] = []
  for (const { holders, bytes } of CROWDS) {
    const payload = await makePayload(work, `many ${holders}`, bytes)
    await using running = new AsyncDisposableStack()
    const sources: Source[] = []
    for (let index = 0; index < holders; index++) sources.push(await narrowHolder(running, payload, join(work, `${holders}-${index}`)))
    const consumer = running.use(await Contestant.start(OURS, 'consumer', join(work, `${holders}-consumer`)))
    const rates: number[] = []
    for (let each = -1; each < ROUNDS; each++) {
      await consumer.forget()
      const { ms, files } = await consumer.fetch([{ sources, out: '' }])
      await compare(OURS.name, files, [payload])
      if (each >= 0) rates.push(bytes / ms / 1000)
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

/** A holder that can only be reached through proxies of its own, in processes of their own. */
const narrowHolder = async (running: AsyncDisposableStack, payload: Payload, folder: string): Promise<Source> => {
  const provider = running.use(await Contestant.start(OURS, 'provider', folder))
  const source = (await provider.offer(payload.path)) as Source
  return { ...source, place: await behind(running, source.place) }
}

const behind = async (running: AsyncDisposableStack, { addresses, bulkPort }: Place): Promise<Place> => {
  const [address = ''] = addresses
  const control = running.use(await narrow(Number(/\/tcp\/(\d+)/.exec(address)?.[1])))
  const bulk = running.use(await narrow(bulkPort))
  return { addresses: [parseMultiaddr(address.replace(/\/tcp\/\d+/, `/tcp/${control.port}`))], bulkPort, bulkProxy: bulk.port }
}

const narrow = (port: number): Promise<ProxyProcess> => startProxyProcess({ to: { port }, downBytesPerSecond: LIMIT })
