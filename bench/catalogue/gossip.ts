import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '#testing'
import { type Result, round } from '../measure.ts'
import { FanOut } from './fan-out.ts'
import { type Ready, Swarm } from './swarm.ts'

const NODES = 10
/** Of each publisher: what gossip takes at once of somebody whom nobody knows yet, besides its first record. */
const OF_EACH = 4
/** Of one publisher that does not care: what goes over that comes by comparing. */
const OF_ONE = 50
const PAUSE_MS = 100
const P50_MS = 200
const P99_MS = 1000
const REPAIRED_MS = 90_000
const PATIENCE_MS = 600_000
/** A mesh is built within a few heartbeats of gossip; what is published before takes other ways. */
const SETTLE_MS = 5000

/** The value below which so much of a sorted list lies. */
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN

/** `count` releases, each of the next publisher. */
const prepareAll = async (swarm: Swarm, { count, publishers }: { readonly count: number; readonly publishers: number }): Promise<Ready[]> => {
  const ready: Ready[] = []
  for (let index = 0; index < count; index++) ready.push(await swarm.prepare(index % publishers, `gossip-${index}`))
  return ready
}

/** Publishes one after the other; for each the milliseconds until every other node showed it. */
const spreadAll = async (swarm: Swarm, ready: readonly Ready[], patienceMs: number): Promise<number[]> => {
  const begun: number[] = []
  for (const one of ready) {
    begun.push(await swarm.commit(one))
    await sleep(PAUSE_MS)
  }
  const missing = (): number => ready.filter(({ name }) => swarm.seen.some((seen) => !seen.has(name))).length
  await until(`${NODES} nodes show ${ready.length} releases`, () => missing() === 0, patienceMs)
  const seenLast = ({ name, node }: Ready): number => Math.max(...swarm.seen.map((seen, other) => (other === node ? 0 : (seen.get(name) ?? Infinity))))
  return ready.map((one, index) => seenLast(one) - (begun[index] ?? 0))
}

const told = async (work: string): Promise<Result[]> => {
  await using swarm = await Swarm.start(join(work, 'told'), NODES)
  await sleep(SETTLE_MS)
  const ready = await prepareAll(swarm, { count: OF_EACH * NODES, publishers: NODES })
  const ours = await spreadAll(swarm, ready, PATIENCE_MS)
  await using fanOut = await FanOut.start(NODES - 1)
  const plain: number[] = []
  for (const { envelope } of ready) {
    plain.push(await fanOut.send(envelope))
    await sleep(PAUSE_MS / 10)
  }
  return ([['p50', 0.5, P50_MS], ['p99', 0.99, P99_MS]] as const).map(([name, share, most]) => {
    const [mine, base] = [quantile(ours, share), quantile(plain, share)]
    return {
      what: `a release is visible on ${NODES} nodes, ${name}`, unit: 'ms', ours: round(mine), baseline: round(base),
      baselineName: 'plain TCP to 9 processes', ratio: round(mine / base), goal: `< ${most} ms`, pass: mine < most,
    }
  })
}

/** How long what does not come by gossip takes. */
interface Detour {
  readonly what: string
  readonly folder: string
  readonly config?: string
  readonly publishers: number
}

const repaired = async ({ what, folder, config, publishers }: Detour): Promise<Result> => {
  await using swarm = await Swarm.start(folder, NODES, config)
  await sleep(SETTLE_MS)
  const ours = await spreadAll(swarm, await prepareAll(swarm, { count: OF_ONE, publishers }), PATIENCE_MS)
  const mine = Math.max(...ours)
  console.log(`${what}: p50 ${round(quantile(ours, 0.5) / 1000)} s`)
  return {
    what: `${what}, slowest`, unit: 's', ours: round(mine / 1000), baseline: REPAIRED_MS / 1000,
    baselineName: 'limit', ratio: round(mine / REPAIRED_MS), goal: `< ${REPAIRED_MS / 1000} s`, pass: mine < REPAIRED_MS,
  }
}

/** Ten processes: how soon a release is seen everywhere, by gossip, when none of it arrives, as if all were lost, and when a publisher is slowed. */
export const gossip = async (work: string): Promise<Result[]> => {
  const visible = `a release is visible on ${NODES} nodes`
  return [
    ...(await told(work)),
    await repaired({ what: `${visible} when no gossip arrives`, folder: join(work, 'untold'), config: '[p2p]\ngossip = false\n', publishers: NODES }),
    await repaired({ what: `${visible}, one of ${OF_ONE} that somebody new tells within seconds`, folder: join(work, 'slowed'), publishers: 1 }),
  ]
}
