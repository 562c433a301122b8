import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningNode, startNode, until } from '#testing'
import { type Result, round } from '../measure.ts'
import { packagesAtMost, short } from './amount.ts'
import { clientOf } from './control.ts'
import { fillHome } from './filled-home.ts'
import { SeededRandom } from './random.ts'
import { SEED } from './seed.ts'
import { drawRank, wordOf } from './vocabulary.ts'
import { DELAYS_FILE, type LoopDelays } from './watch-loop.ts'

const PACKAGES = 100_000
const MISSED_OPS = 10_000
const MISSED_SHARE = 0.1
const QUERIES_PER_SECOND = 10
const QUIET_MS = 10_000
const AT_LEAST_MS = 15_000
const PATIENCE_MS = 600_000
const MOST_MS = 50

const never = new AbortController().signal

/** What the node's loop was late since the question before. */
const delaysOf = async (node: RunningNode): Promise<LoopDelays> => {
  const file = join(node.home, DELAYS_FILE)
  await rm(file, { force: true })
  process.kill(node.pid, 'SIGUSR2')
  return await until('the node tells of its loop', async () => {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as LoopDelays
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  })
}

/** Asks at an even pace until the signal aborts, whether answers come or not; how many were asked. */
const query = async (node: RunningNode, signal: AbortSignal): Promise<number> => {
  const client = clientOf(node.home)
  const random = new SeededRandom(SEED, 0x71)
  const asked: Promise<unknown>[] = []
  while (!signal.aborted) {
    const words = Array.from({ length: 1 + random.below(2) }, () => wordOf(drawRank(random)))
    asked.push(client.search({ words }, never))
    await sleep(1000 / QUERIES_PER_SECOND)
  }
  await Promise.all(asked)
  return asked.length
}

/** How late the event loop of a node is while it answers queries and brings ops that it missed, beside the same node without either. */
export const loop = async (work: string): Promise<Result[]> => {
  const count = packagesAtMost(PACKAGES)
  const without = Math.min(MISSED_OPS, Math.floor(count * MISSED_SHARE))
  const [busyHome, teacherHome] = [join(work, 'busy'), join(work, 'teacher')]
  await fillHome(busyHome, { seed: SEED, count, without })
  await fillHome(teacherHome, { seed: SEED, count })
  await using busy = await startNode({ home: busyHome, nodeArgs: ['--import', join(import.meta.dirname, 'watch-loop.ts')] })
  await sleep(QUIET_MS)
  await delaysOf(busy)
  await sleep(QUIET_MS)
  const quiet = await delaysOf(busy)
  const over = new AbortController()
  const began = performance.now()
  const asking = query(busy, over.signal)
  await using _teacher = await startNode({ home: teacherHome, bootstrap: busy.addresses })
  await until('the sync is over', () => busy.events.some(({ type, added }) => type === 'synced' && Number(added) >= without), PATIENCE_MS)
  await sleep(Math.max(0, AT_LEAST_MS - (performance.now() - began)))
  over.abort()
  const asked = await asking
  const loaded = await delaysOf(busy)
  console.log(`${asked} queries in ${round((performance.now() - began) / 1000)} s; p50 ${round(loaded.p50)} ms, max ${round(loaded.max)} ms`)
  return [{
    what: `event loop of a node with ${short(count)} packages while ${QUERIES_PER_SECOND} queries a second and a sync run, p99 of its delay`, unit: 'ms',
    ours: round(loaded.p99), baseline: round(quiet.p99), baselineName: 'the same node, nothing asked', ratio: round(loaded.p99 / Math.max(0.01, quiet.p99)),
    goal: `< ${MOST_MS} ms`, pass: loaded.p99 < MOST_MS,
  }]
}
