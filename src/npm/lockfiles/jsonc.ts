/** Where a text that begins at `start` ends: behind its closing quote. */
const endOfText = (jsonc: string, start: number): number => {
  for (let at = start + 1; at < jsonc.length; at++) {
    if (jsonc[at] === '\\') at++
    else if (jsonc[at] === '"') return at + 1
  }
  return jsonc.length
}

const endOfComment = (jsonc: string, start: number): number => {
  const end = jsonc[start + 1] === '/' ? jsonc.indexOf('\n', start) : jsonc.indexOf('*/', start + 2) + 2
  return end < start + 2 ? jsonc.length : end
}

/** Turns JSON with comments and commas at the end of lists into plain JSON. Everything else stays as it is, errors as well. */
export const plainJson = (jsonc: string): string => {
  const cuts: (readonly [start: number, end: number])[] = []
  let comma: number | undefined
  for (let at = 0; at < jsonc.length;) {
    const sign = jsonc[at] ?? ''
    if (sign === '/' && (jsonc[at + 1] === '/' || jsonc[at + 1] === '*')) {
      const end = endOfComment(jsonc, at)
      cuts.push([at, end])
      at = end
      continue
    }
    if ((sign === '}' || sign === ']') && comma !== undefined) cuts.push([comma, comma + 1])
    if (sign === ',') comma = at
    else if (!/\s/.test(sign)) comma = undefined
    at = sign === '"' ? endOfText(jsonc, at) : at + 1
  }
  return without(jsonc, cuts.toSorted(([a], [b]) => a - b))
}

/** A space is left where something was, so that nothing grows together. */
const without = (text: string, cuts: readonly (readonly [start: number, end: number])[]): string =>
  [...cuts, [text.length, text.length] as const].map(([start], index) => text.slice(cuts[index - 1]?.[1] ?? 0, start)).join(' ')
