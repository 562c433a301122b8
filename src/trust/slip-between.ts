/** The one slip that makes one text of another: a letter too many, too few or wrong, or two that changed places. */
export interface Slip {
  readonly kind: 'more' | 'less' | 'other' | 'swap'
  /** The letters where the texts differ. */
  readonly wrong: string
  readonly right: string
  /** Whether the texts end there. */
  readonly isLast: boolean
}

/** The slip between two texts; `undefined` when they are equal or further apart. */
export const slipBetween = (typed: string, meant: string): Slip | undefined => {
  let at = 0
  while (at < typed.length && at < meant.length && typed[at] === meant[at]) at += 1
  let end = 0
  const room = Math.min(typed.length, meant.length) - at
  while (end < room && typed.at(-1 - end) === meant.at(-1 - end)) end += 1
  const wrong = typed.slice(at, typed.length - end)
  const right = meant.slice(at, meant.length - end)
  const isLast = end === 0
  if (wrong.length === 1 && right.length === 1) return { kind: 'other', wrong, right, isLast }
  if (wrong.length === 1 && right === '') return { kind: 'more', wrong, right, isLast }
  if (wrong === '' && right.length === 1) return { kind: 'less', wrong, right, isLast }
  const isSwap = wrong.length === 2 && right.length === 2 && wrong[0] === right[1] && wrong[1] === right[0]
  return isSwap ? { kind: 'swap', wrong, right, isLast } : undefined
}
