/** Letters to change, add, leave out or swap with the next to make one text of the other. */
const distance = (a: string, b: string): number => {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1))
      next.push(isSwapped ? Math.min(cost, (before[j - 2] ?? 0) + 1) : cost)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

/** Longer ones are nobody's typing error, and would take long to compare. */
const LONGEST = 100

/** The one of `known` that is meant by a text with few typing errors; `undefined` where none is near. */
export const nearest = (text: string, known: Iterable<string>): string | undefined => {
  if (text.length > LONGEST) return undefined
  const most = Math.max(2, Math.floor(text.length / 6))
  let best: string | undefined
  let least = most + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - text.length) >= least) continue
    const errors = distance(text, candidate)
    if (errors < least) [best, least] = [candidate, errors]
  }
  return best
}
