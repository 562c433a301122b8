import { join } from 'node:path'
import { startNode, until } from '#testing'
import { median, type Result, round, spread } from '../measure.ts'
import { packagesAtMost, short } from './amount.ts'
import { type Filling, fillHome } from './filled-home.ts'
import { copyOpsSince, momentBefore, opsFile } from './ops-file.ts'
import { PlainGiver } from './plain.ts'
import { SEED } from './seed.ts'

const PACKAGES = 100_000
const MISSED_OPS = 10_000
const MISSED_SHARE = 0.1
const ROUNDS = 3
const MOST_TIMES = 3
const PATIENCE_MS = 600_000

/** One session of a node that lacks the last ops, milliseconds as the node itself says. */
const syncOnce = async (work: string, { count, without }: Pick<Required<Filling>, 'count' | 'without'>): Promise<number> => {
  const [teacherHome, pupilHome] = [join(work, 'teacher'), join(work, 'pupil')]
  await fillHome(teacherHome, { seed: SEED, count })
  await fillHome(pupilHome, { seed: SEED, count, without })
  await using teacher = await startNode({ home: teacherHome })
  await using pupil = await startNode({ home: pupilHome, bootstrap: teacher.addresses })
  const synced = await until('the first session is over', () => pupil.events.find(({ type, added }) => type === 'synced' && Number(added) > 0), PATIENCE_MS)
  if (Number(synced['added']) < without) throw new Error(`one session brought ${String(synced['added'])} ops of ${without}`)
  return Number(synced['durationMs'])
}

/** A node that was away: what it takes to bring the ops that it missed, beside the same bytes over one stream, as they are and with every op opened. */
export const missed = async (work: string): Promise<Result[]> => {
  const count = packagesAtMost(PACKAGES)
  const without = Math.min(MISSED_OPS, Math.floor(count * MISSED_SHARE))
  const all = await opsFile(SEED, count)
  const file = join(work, 'missed.bin')
  const ops = await copyOpsSince(all, await momentBefore(all, without), file)
  await using giver = await PlainGiver.start(file)
  const times: Record<'ours' | 'plain' | 'opened', number[]> = { ours: [], plain: [], opened: [] }
  for (let round_ = 0; round_ < ROUNDS; round_++) {
    times.ours.push(await syncOnce(join(work, String(round_)), { count, without: ops }))
    times.plain.push((await giver.receive('address', false)).ms)
    times.opened.push((await giver.receive('address', true)).ms)
  }
  for (const [name, values] of Object.entries(times)) console.log(`${name}: ${spread(values)} ms over ${values.length} rounds`)
  const what = `${ops} missed ops among ${short(count)} packages`
  const ours = median(times.ours)
  const row = (baselineName: string, baseline: number): Result => ({
    what: `${what}, beside ${baselineName}`, unit: 'ms', ours: round(ours), baseline: round(baseline), baselineName, ratio: round(ours / baseline),
    goal: `≤ ${MOST_TIMES} ×`, pass: ours <= MOST_TIMES * baseline,
  })
  return [row('the same bytes over one stream', median(times.plain)), row('the same bytes over one stream, every op opened', median(times.opened))]
}
