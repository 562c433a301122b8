import { median, type Result, round, spread } from '../measure.ts'

export interface Measured {
  readonly what: string
  readonly unit: string
  readonly values: readonly number[]
  /** What the first documents allow; absent: they name the size and no limit. */
  readonly most?: number
}

/** A row beside the limit that it must stay below. The middle value counts; all are printed. */
export const limited = ({ what, unit, values, most }: Measured): Result => {
  const ours = median(values)
  console.log(`${what}: ${spread(values)} ${unit} over ${values.length} rounds`)
  if (most === undefined) return { what, unit, ours: round(ours), baseline: round(ours), baselineName: 'no limit named', ratio: 1, goal: 'stated', pass: true }
  return { what, unit, ours: round(ours), baseline: most, baselineName: 'limit', ratio: round(ours / most), goal: `< ${most} ${unit}`, pass: ours < most }
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
