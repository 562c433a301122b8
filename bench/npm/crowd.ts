import { type Result, round } from '../measure.ts'
import { Place, type TeamNode } from './place.ts'
import { openSmallProject } from './project.ts'

const MACHINES = 10
const MOST_TIMES = 1.3

/** Ten machines that have nothing install the same at once: what the registry sends for all of them, beside what it sends for one. */
export const crowd = async (): Promise<Result[]> => {
  await using place = await Place.open(await openSmallProject())
  const [alone, , once] = await place.asked(async () => {
    await using node = await place.startNode()
    return await place.install(node.registry)
  })
  await using machines = new AsyncDisposableStack()
  const team: TeamNode[] = []
  for (let index = 0; index < MACHINES; index++) team.push(machines.use(await place.startNode(team)))
  const [times, , bytes] = await place.asked(() => Promise.all(team.map(({ registry }) => place.install(registry))))
  const [ours, baseline] = [bytes / 1e6, once / 1e6]
  const last = Math.round(Math.max(...times))
  console.log(`${MACHINES} machines at once: ${last} ms until the last is done, ${round(ours)} MB; one alone: ${Math.round(alone)} ms, ${round(baseline)} MB`)
  return [{
    what: `${MACHINES} machines install ${place.project.about} at once, what the registry sends`, unit: 'MB', ours: round(ours), baseline: round(baseline),
    baselineName: 'one machine', ratio: round(ours / baseline), goal: `≤ ${MOST_TIMES} × one machine`, pass: ours <= MOST_TIMES * baseline,
  }]
}
