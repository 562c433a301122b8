import { limited } from '../limits/limit.ts'
import { median, type Result, round, spread } from '../measure.ts'
import { type Install, nameOf, PACKAGES, PEER_PACKAGES, peerNameOf, type Place, type User, WARM } from './place.ts'

const ROUNDS = 3
const AT_ONCE = 4
/** What those that were affected may take longer than those that were not. */
const FALLBACK_MS = 1500

interface Round {
  readonly installs: readonly Install[]
  readonly failures: number
  readonly killedAt: number
  /** Of what the registry does not have. */
  readonly fromPeers: readonly number[]
}

const took = ({ began, ended }: Install): number => ended - began

const p95 = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN

/** A hundred installs, some at a time; the registry is killed as the second half of them begins, or lives. */
const runRound = async (place: Place, kills: boolean): Promise<Round> => {
  await using registry = await place.startRegistry()
  await using user = await place.startUser({ url: registry.url })
  await user.install(WARM)
  const installs: Install[] = []
  let [next, failures, killedAt] = [0, 0, Infinity]
  const worker = async (): Promise<void> => {
    while (next < PACKAGES) {
      const index = next
      next += 1
      if (kills && index === PACKAGES / 2) {
        killedAt = performance.now()
        void registry.kill()
      }
      try {
        installs.push(await user.install(nameOf(index)))
      } catch (error) {
        failures += 1
        console.log(`${nameOf(index)} failed: ${String(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return { installs, failures, killedAt, fromPeers: kills ? [] : await fromPeers(user) }
}

const fromPeers = async (user: User): Promise<number[]> => {
  const times: number[] = []
  for (let index = 0; index < PEER_PACKAGES; index++) times.push(took(await user.install(peerNameOf(index))))
  return times
}

/** Those under way when the registry was killed, and those that began before the first one that had to do without it had succeeded. */
const affectedOf = ({ installs, killedAt }: Round): readonly Install[] => {
  const alone = installs.filter(({ began, carriers }) => began >= killedAt && !carriers.includes('http')).map(({ ended }) => ended)
  const known = Math.min(...alone)
  return installs.filter(({ began, ended }) => ended > killedAt && began < known)
}

/** What it is compared with, and how much more it may be. */
interface Beside {
  readonly name: string
  readonly value: number
  readonly most?: number
}

const more = (what: string, ours: number, { name, value, most }: Beside): Result => ({
  what, unit: 'ms', ours: round(ours), baseline: round(value), baselineName: name, ratio: round(ours / value),
  goal: most === undefined ? 'stated' : `< ${most} ms more`, pass: most === undefined || ours < value + most,
})

/** A hundred installs of different packages with the registry killed in their middle, in turns with as many with a registry that lives. */
export const killed = async (place: Place): Promise<Result[]> => {
  const [disturbed, calm]: [Round[], Round[]] = [[], []]
  for (let turn = 0; turn < ROUNDS; turn++) {
    for (const kills of turn % 2 === 0 ? [true, false] : [false, true]) (kills ? disturbed : calm).push(await runRound(place, kills))
  }
  const before = disturbed.flatMap(({ installs, killedAt }) => installs.filter(({ ended }) => ended <= killedAt)).map(took)
  const after = disturbed.flatMap(({ installs, killedAt }) => installs.filter(({ ended }) => ended > killedAt)).map(took)
  const affected = disturbed.flatMap(affectedOf).map(took)
  const living = calm.flatMap(({ installs }) => installs).map(took)
  const failuresIn = (rounds: readonly Round[]): number => rounds.reduce((sum, { failures }) => sum + failures, 0)
  console.log(`before the kill: ${spread(before)} ms; no kill: ${spread(living)} ms`)
  console.log(`affected: ${spread(affected)} ms, ${affected.length} installs; all after: ${spread(after)} ms`)
  const failures = failuresIn(disturbed)
  const undisturbed = { name: 'before the kill', value: p95(before), most: FALLBACK_MS }
  return [
    {
      what: `installs that failed, of ${ROUNDS * PACKAGES} with the registry killed in the middle of each ${PACKAGES}`, unit: 'installs', ours: failures,
      baseline: failuresIn(calm), baselineName: 'no kill', ratio: 1, goal: '≤ 0', pass: failures === 0,
    },
    more('install with the registry first, median', median(before), { name: 'no kill', value: median(living) }),
    more('install with the registry first, p95', p95(before), { name: 'no kill', value: p95(living) }),
    more('installs that the kill of the registry affects, p95', p95(affected), undisturbed),
    more('all installs after it, p95', p95(after), undisturbed),
    more('all installs after it, median', median(after), { name: 'before the kill', value: median(before) }),
    limited({ what: 'install of what only peers have, the registry being asked first', unit: 'ms', values: calm.flatMap((one) => one.fromPeers) }),
  ]
}
