import { setTimeout as sleep } from 'node:timers/promises'
import { median, type Result, round, spread } from '../measure.ts'
import { quietDown } from '../transfer/quiet.ts'
import { Place, type TeamNode } from './place.ts'
import { openProject } from './project.ts'
import { atMost } from './quick.ts'

const ROUNDS = atMost(3, 1)
const MOST_MS = 2000

/** An install through a node that has nothing beside a peer that has all; the registry goes off after so many milliseconds, or stays. */
const install = async (place: Place, holder: TeamNode, afterMs?: number): Promise<number> => {
  await using node = await place.startNode([holder])
  const installing = place.install(node.registry)
  if (afterMs === undefined) return await installing
  try {
    await Promise.race([sleep(afterMs), installing])
    await place.upstream.goOff()
    return await installing
  } finally {
    await place.upstream.goOn()
  }
}

/** Installs in whose middle the registry is stopped, in turns with as many that nothing disturbs. */
export const stopped = async (): Promise<Result[]> => {
  await using place = await Place.open(await openProject())
  await using holder = await place.startNode()
  await place.install(holder.registry)
  const [disturbed, calm]: [number[], number[]] = [[], []]
  let failures = 0
  for (let round = 0; round < ROUNDS; round++) {
    await quietDown()
    calm.push(await install(place, holder))
    await quietDown()
    const [ended] = await Promise.allSettled([install(place, holder, median(calm) / 2)])
    if (ended.status === 'fulfilled') disturbed.push(ended.value)
    else failures += 1
    if (ended.status === 'rejected') console.log(String(ended.reason))
  }
  console.log(`the registry stopped in the middle: ${spread(disturbed)} ms; undisturbed: ${spread(calm)} ms, over ${ROUNDS} rounds`)
  const [ours, usual] = [median(disturbed), median(calm)]
  return [
    {
      what: `installs that failed, of ${ROUNDS} with the registry stopped in the middle of each and everything with a peer`, unit: 'installs', ours: failures,
      baseline: 0, baselineName: 'undisturbed', ratio: 1, goal: '≤ 0', pass: failures === 0,
    },
    {
      what: 'those installs', unit: 'ms', ours: round(ours), lowest: round(Math.min(...disturbed)), highest: round(Math.max(...disturbed)),
      baseline: round(usual), baselineName: 'undisturbed', ratio: round(ours / usual), goal: `< ${MOST_MS} ms more`, pass: ours < usual + MOST_MS,
    },
  ]
}
