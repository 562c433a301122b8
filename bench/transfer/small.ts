import { stat } from 'node:fs/promises'
import { noRealPackages, realArchives } from '#testing'
import { median, type Result, round, spread } from '../measure.ts'
import { makePayload, type Payload, sha256OfFile } from './payload.ts'
import { Pair } from './race.ts'
import { HTTP, OURS } from './systems.ts'

const COUNT = 1000
const SEEDED_BYTES = 8000
const SLOPE = 2
const ROUNDS = 5
/** So many connections has the plain client; its other questions wait for one. */
const CONNECTIONS = 8
/** So many packages one install asks for at a time. */
const WIDTH = 64

/** A thousand packages of about 8 KB from one peer: the real packs, and seeded ones of their sizes where there are fewer. */
export const small = async (work: string): Promise<Result[]> => {
  const payloads = await packs(work)
  await using ours = await Pair.start(OURS, work)
  await using http = await Pair.start(HTTP, work)
  const times = new Map([[ours, [] as number[]], [http, [] as number[]]])
  for (let each = -1; each < ROUNDS; each++) {
    for (const [pair, values] of times) {
      await pair.consumer.forget()
      const ms = await pair.fetch(payloads, pair === ours ? WIDTH : CONNECTIONS)
      if (each >= 0) values.push(ms)
    }
  }
  for (const [{ system: { name } }, values] of times) console.log(`${COUNT} packages, ${name}: ${spread(values)} ms over ${values.length} rounds`)
  const [mine, theirs] = [ours, http].map((pair) => median(times.get(pair) ?? [])) as [number, number]
  return [{
    what: `${COUNT} packages of about 8 KB from one peer`, unit: 'ms', ours: round(mine), baseline: round(theirs),
    baselineName: `HTTP/1.1 keep-alive, ${CONNECTIONS} connections`, ratio: round(mine / theirs), goal: `≤ ${SLOPE} ×`, pass: mine <= SLOPE * theirs,
  }]
}

const packs = async (work: string): Promise<Payload[]> => {
  const real: Payload[] = []
  for (const path of noRealPackages === false ? await realArchives() : []) {
    real.push({ path, sizeBytes: (await stat(path)).size, sha256: await sha256OfFile(path) })
  }
  const distinct = [...new Map(real.map((payload) => [payload.sha256, payload])).values()]
  console.log(`${distinct.length} real packs, the others seeded`)
  const seeded: Payload[] = []
  for (let index = distinct.length; index < COUNT; index++) {
    seeded.push(await makePayload(work, `small ${index}`, distinct[index % distinct.length]?.sizeBytes ?? SEEDED_BYTES))
  }
  return [...distinct, ...seeded].slice(0, COUNT)
}
