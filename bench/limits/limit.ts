import { median, type Result, round, spread } from '../measure.ts'

export interface Measured {
  readonly what: string
  readonly unit: string
  readonly values: readonly number[]
  /** What the first documents allow; absent: they name the size and no limit. */
  readonly most?: number
  /** Something else that did the same in the same rounds. */
  readonly beside?: { readonly name: string; readonly values: readonly number[] }
}

/** A row with the limit that it must stay below. The middle value counts; how far they went is told besides. */
export const limited = ({ what, unit, values, most, beside }: Measured): Result => {
  const ours = median(values)
  const other = beside === undefined ? '' : `; ${beside.name}: ${spread(beside.values)} ${unit}`
  console.log(`${what}: ${spread(values)} ${unit}${other}, over ${values.length} rounds`)
  const baseline = beside === undefined ? (most ?? ours) : median(beside.values)
  return {
    what, unit, ours: round(ours), lowest: round(Math.min(...values)), highest: round(Math.max(...values)),
    baseline: round(baseline), baselineName: beside?.name ?? (most === undefined ? 'no limit named' : 'limit'), ratio: round(ours / baseline),
    goal: most === undefined ? 'stated' : `< ${most} ${unit}`, pass: most === undefined || ours < most,
  }
}

type Work = (round: number) => Promise<unknown>

/** Milliseconds of each round of two that do the same: they take turns in being the first, and `ready` runs before each. */
export const alternating = async (
  rounds: number, [ours, other]: readonly [Work, Work], ready: () => Promise<void> = async () => undefined,
): Promise<readonly [ours: number[], other: number[]]> => {
  const times: readonly [number[], number[]] = [[], []]
  const turns = [[times[0], ours], [times[1], other]] as const
  for (let index = 0; index < rounds; index++) {
    for (const [list, work] of index % 2 === 0 ? turns : turns.toReversed()) {
      await ready()
      const began = performance.now()
      await work(index)
      list.push(performance.now() - began)
    }
  }
  return times
}

/** Milliseconds of each round. */
export const timed = async (rounds: number, work: (round: number) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = []
  for (let index = 0; index < rounds; index++) {
    const began = performance.now()
    await work(index)
    times.push(performance.now() - began)
  }
  return times
}
