import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { digestFromBytes } from '#core'
import { median, type Result, round, spread } from '../measure.ts'
import type { Miss, Place } from './compose.ts'
import { Contestant } from './contestant.ts'
import { OURS } from './systems.ts'

const PEERS = 20
const WARM_UPS = 20
const ROUNDS = 21
const LIMIT_MS = 100

/** How long it takes to know that nobody has a blob, with twenty peers connected: nodes of their own, which share a process and so one of two cores. */
export const miss = async (work: string): Promise<Result[]> => {
  await using consumer = await Contestant.start(OURS, 'consumer', join(work, 'consumer'))
  await using crowd = await Contestant.start(OURS, 'provider', join(work, 'crowd'))
  for (const place of (await crowd.ask('crowd', PEERS)) as readonly Place[]) await consumer.ask('meet', place)
  const times: number[] = []
  for (let each = -WARM_UPS; each < ROUNDS; each++) {
    const { ms, code, peers } = (await consumer.ask('miss', digestFromBytes(randomBytes(32)))) as Miss
    if (code !== 'no-holder') throw new Error(`a blob that nobody has ended with ${code}`)
    if (peers < PEERS) throw new Error(`only ${peers} peers were connected`)
    if (each >= 0) times.push(ms)
  }
  console.log(`a miss with ${PEERS} peers: ${spread(times)} ms over ${times.length} rounds`)
  const ms = median(times)
  return [{
    what: `a miss with ${PEERS} connected peers`, unit: 'ms', ours: round(ms), baseline: LIMIT_MS, baselineName: 'limit', ratio: round(ms / LIMIT_MS),
    goal: `< ${LIMIT_MS} ms`, pass: ms < LIMIT_MS,
  }]
}
