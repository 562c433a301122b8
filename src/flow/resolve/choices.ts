/** Which choices are open for one package, as bits: bit 0 is doing without it, bit n + 1 its n-th candidate. Candidates stand in the order of preference. */
export type Choices = bigint

export const NONE: Choices = 0n

/** To do without the package. */
export const ABSENT: Choices = 1n

/** Every candidate, and doing without. */
export const everyChoice = (candidates: number): Choices => (1n << BigInt(candidates + 1)) - 1n

export const candidateBit = (index: number): Choices => 1n << BigInt(index + 1)

/** The candidate that is preferred among those that are open; `undefined` where none is. */
export const preferred = (choices: Choices): number | undefined => {
  const candidates = choices & ~ABSENT
  if (candidates === NONE) return undefined
  const lowest = candidates & -candidates
  return lowest.toString(2).length - 2
}

/** Whether everything in the one is in the other. */
export const isWithin = (inner: Choices, outer: Choices): boolean => (inner & ~outer) === NONE

/** Whether the package has to be there. */
export const isNeeded = (choices: Choices): boolean => (choices & ABSENT) === NONE
