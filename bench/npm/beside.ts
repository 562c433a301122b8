import { median, type Result, round, spread } from '../measure.ts'

export interface Beside {
  readonly what: string
  readonly unit: string
  readonly ours: readonly number[]
  readonly other: readonly number[]
  readonly otherName: string
  /** How many times the other one ours may be at most. */
  readonly most: number
}

/** A row of two that took turns. The middle values count; how far ours went is told besides. */
export const beside = ({ what, unit, ours, other, otherName, most }: Beside): Result => {
  const [mine, theirs] = [median(ours), median(other)]
  console.log(`${what}: ${spread(ours)} ${unit}; ${otherName}: ${spread(other)} ${unit}, over ${ours.length} rounds`)
  return {
    what, unit, ours: round(mine), lowest: round(Math.min(...ours)), highest: round(Math.max(...ours)), baseline: round(theirs), baselineName: otherName,
    ratio: round(mine / theirs), goal: `≤ ${most} × ${otherName}`, pass: mine <= most * theirs,
  }
}

/** The value below which so many of a hundred lie. */
export const percentile = (values: readonly number[], percent: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1] ?? Number.NaN
