import { join } from 'node:path'
import { median, type Result, round, spread } from '../measure.ts'
import type { Place, Source } from './compose.ts'
import { Contestant } from './contestant.ts'
import { makePayload } from './payload.ts'
import { compare } from './race.ts'
import { MB } from './sizes.ts'
import { OURS } from './systems.ts'

const BYTES = 100 * MB
const HOLDERS = 3
const ROUNDS = 7
const SLOPE = 1.3

/** One of three holders is killed when half has arrived, beside the same transfer undisturbed. */
export const kill = async (work: string): Promise<Result[]> => {
  const payload = await makePayload(work, 'kill', BYTES)
  await using holders = new Holders(work)
  const source = await holders.start(payload.path)
  await using consumer = await Contestant.start(OURS, 'consumer', join(work, 'consumer'))
  const times = { undisturbed: [] as number[], disturbed: [] as number[] }
  for (let each = -1; each < ROUNDS; each++) {
    for (const kind of ['undisturbed', 'disturbed'] as const) {
      await consumer.forget()
      const sources = await holders.sources(source)
      let killed = false
      consumer.onEvent = (event) => {
        if (event !== 'half' || kind === 'undisturbed') return
        holders.killOne()
        killed = true
      }
      const { ms, files } = await consumer.fetch([{ sources, out: '' }])
      if (kind === 'disturbed' && !killed) throw new Error('the transfer was over before anybody was killed')
      // Not one wrong byte: throws otherwise.
      await compare(OURS.name, files, [payload])
      if (each >= 0) times[kind].push(ms)
    }
  }
  for (const [kind, values] of Object.entries(times)) {
    console.log(`${BYTES / MB} MB from ${HOLDERS} holders, ${kind}: ${spread(values)} ms over ${values.length} rounds`)
  }
  const [mine, theirs] = [median(times.disturbed), median(times.undisturbed)]
  return [{
    what: `one of ${HOLDERS} holders killed at half of ${BYTES / MB} MB`, unit: 'ms', ours: round(mine), baseline: round(theirs), baselineName: 'undisturbed',
    ratio: round(mine / theirs), goal: `≤ ${SLOPE} × undisturbed, no wrong byte`, pass: mine <= SLOPE * theirs,
  }]
}

/** The holders; one that was killed comes back with what it has on its disk. */
class Holders implements AsyncDisposable {
  readonly #work: string
  #running: Contestant[] = []

  constructor(work: string) {
    this.#work = work
  }

  #folder(index: number): string {
    return join(this.#work, `holder-${index}`)
  }

  async start(file: string): Promise<Source> {
    const offers: unknown[] = []
    for (let index = 0; index < HOLDERS; index++) {
      const holder = await Contestant.start(OURS, 'provider', this.#folder(index))
      this.#running.push(holder)
      offers.push(await holder.offer(file))
    }
    return offers[0] as Source
  }

  async sources(source: Source): Promise<Source[]> {
    if (this.#running.length < HOLDERS) this.#running.unshift(await Contestant.start(OURS, 'provider', this.#folder(0)))
    return Promise.all(this.#running.map(async (holder) => ({ ...source, place: (await holder.ask('place')) as Place })))
  }

  killOne(): void {
    this.#running.shift()?.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const holder of this.#running) await holder[Symbol.asyncDispose]()
  }
}
