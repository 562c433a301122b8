import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Result, round } from '../measure.ts'
import type { Place, Source } from './compose.ts'
import { Contestant } from './contestant.ts'
import { makePayload, type Payload } from './payload.ts'
import { forgetPeak, peakMegabytes, residentMegabytes } from './process-figures.ts'
import { compare } from './race.ts'
import { MB } from './sizes.ts'
import { OURS } from './systems.ts'

const BYTES = 500 * MB
const AT_ONCE = 4
const LIMIT_MB = 80
const IDLE_MS = 5000

/** The most memory over idle of each side while four transfers of 500 MB run at once. */
export const rss = async (work: string): Promise<Result[]> => {
  const payloads: Payload[] = []
  for (let index = 0; index < AT_ONCE; index++) payloads.push(await makePayload(work, `rss ${index}`, BYTES))
  const greeting = await makePayload(work, 'rss greeting', 1000)
  const folder = join(work, 'provider')
  const offered = await offerAll(folder, [greeting, ...payloads])
  await mkdir(join(work, 'consumer'), { recursive: true })
  // Processes that have taken nothing in yet: what publishing costs is no part of this.
  await using provider = await Contestant.start(OURS, 'provider', folder)
  await using consumer = await Contestant.start(OURS, 'consumer', join(work, 'consumer'))
  const place = (await provider.ask('place')) as Place
  const [first, ...wanted] = offered.map((source) => ({ sources: [{ ...source, place }], out: '' }))
  await consumer.fetch(first === undefined ? [] : [first])
  await sleep(IDLE_MS)
  const sides = { provider, consumer }
  const idle = { provider: await residentMegabytes(provider.pid), consumer: await residentMegabytes(consumer.pid) }
  for (const { pid } of Object.values(sides)) await forgetPeak(pid)
  const { ms, files } = await consumer.fetch(wanted, AT_ONCE)
  const peak = { provider: await peakMegabytes(provider.pid), consumer: await peakMegabytes(consumer.pid) }
  await compare(OURS.name, files, payloads)
  console.log(`${AT_ONCE} × ${BYTES / MB} MB at once took ${Math.round(ms)} ms`)
  return (['provider', 'consumer'] as const).map((side) => {
    const over = peak[side] - idle[side]
    console.log(`memory, ${side}: idle ${round(idle[side])} MB, peak ${round(peak[side])} MB`)
    return {
      what: `peak memory over idle, ${AT_ONCE} × ${BYTES / MB} MB at once, ${side}`, unit: 'MB', ours: round(over), baseline: LIMIT_MB, baselineName: 'limit',
      ratio: round(over / LIMIT_MB), goal: `< ${LIMIT_MB} MB`, pass: over < LIMIT_MB,
    }
  })
}

const offerAll = async (folder: string, payloads: readonly Payload[]): Promise<Source[]> => {
  await mkdir(folder, { recursive: true })
  await using provider = await Contestant.start(OURS, 'provider', folder)
  const sources: Source[] = []
  for (const { path } of payloads) sources.push((await provider.offer(path)) as Source)
  return sources
}
