import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launcher, startNode, temporaryFolder } from '#testing'
import { useBuilt } from './built.ts'
import { median, report, type Result, round, spread, timeProcess } from './measure.ts'

const ROUNDS = 21
const SLOPE = 1.6
const EXTRA_MS = 60
const RSS_GOAL_MB = 120
const RESTART_GOAL_MS = 2000
const IDLE_MS = 10_000

/** How long commands of the built program take beside an empty Node, and what a node with all services weighs. */
export const run = async (): Promise<void> => {
  await useBuilt()
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  await using node = await startNode({ home, more: ['--network', `bench${process.pid}`] })
  const env = { ...process.env, GGEN_HOME: home }
  const times = { empty: [] as number[], version: [] as number[], status: [] as number[] }
  for (let round_ = -2; round_ < ROUNDS; round_++) {
    const row = {
      empty: await timeProcess(process.execPath, ['-e', '0']),
      version: await timeProcess(process.execPath, [launcher(), '--version'], env),
      status: await timeProcess(process.execPath, [launcher(), 'p2p', 'status'], env),
    }
    if (round_ < 0) continue
    for (const key of ['empty', 'version', 'status'] as const) times[key].push(row[key])
  }
  for (const [what, values] of Object.entries(times)) console.log(`${what}: ${spread(values)} ms over ${values.length} rounds`)
  await sleep(IDLE_MS)
  const rssMb = await residentMegabytes(node.pid)
  const restarts = await restartTimes(join(work.path, 'restart'))
  console.log(`restart after kill -9: ${spread(restarts)} ms over ${restarts.length} rounds`)
  await report('startup', [
    command('ggen --version', times.version, times.empty),
    command('ggen p2p status', times.status, times.empty),
    limit('idle node with all services, resident memory', 'MB', [rssMb, RSS_GOAL_MB]),
    limit('restart after kill -9, slowest', 'ms', [Math.max(...restarts), RESTART_GOAL_MS]),
  ])
}

const command = (what: string, ours: readonly number[], empty: readonly number[]): Result => {
  const [mine, base] = [median(ours), median(empty)]
  return {
    what, unit: 'ms', ours: round(mine), baseline: round(base), baselineName: 'node -e 0', ratio: round(mine / base),
    goal: `≤ ${SLOPE} × node -e 0 + ${EXTRA_MS} ms`, pass: mine <= SLOPE * base + EXTRA_MS,
  }
}

/** A figure that has no baseline but a limit. */
const limit = (what: string, unit: string, [ours, most]: readonly [number, number]): Result => ({
  what, unit, ours: round(ours), baseline: most, baselineName: 'limit', ratio: round(ours / most), goal: `< ${most} ${unit}`, pass: ours < most,
})

const residentMegabytes = async (pid: number): Promise<number> => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return round((Number(kilobytes) * 1024) / 1e6)
}

const restartTimes = async (home: string): Promise<number[]> => {
  const times: number[] = []
  for (let round_ = 0; round_ < 7; round_++) {
    await using node = await startNode({ home })
    if (round_ > 0) times.push(node.readyMs)
    await node.kill()
  }
  return times
}
