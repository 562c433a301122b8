import type { PackageName } from '#core'

/** Whom each package needs. */
type Needs = ReadonlyMap<PackageName, readonly PackageName[]>

/**
 * Packages that need each other in a ring: one ring for each group of such, the shortest through the name that is first in the order of names, beginning
 * with it.
 */
export const findCycles = (needs: Needs): readonly (readonly PackageName[])[] =>
  groupsOf(needs)
    .flatMap((group) => {
      const [start] = [...group].sort()
      const ring = start === undefined ? undefined : shortestRing(start, group, needs)
      return ring === undefined ? [] : [ring]
    })
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))

/** Names that can all be reached from each other; most are alone. */
const groupsOf = (needs: Needs): readonly ReadonlySet<PackageName>[] => {
  const neededBy = new Map<PackageName, PackageName[]>()
  for (const [name, needed] of needs) {
    for (const other of needed) {
      const before = neededBy.get(other)
      if (before === undefined) neededBy.set(other, [name])
      else before.push(name)
    }
  }
  const placed = new Set<PackageName>()
  return lastFirst(needs).flatMap((start) => {
    if (placed.has(start)) return []
    const group = new Set([start])
    placed.add(start)
    for (const name of group) {
      for (const other of neededBy.get(name) ?? []) {
        if (placed.has(other)) continue
        placed.add(other)
        group.add(other)
      }
    }
    return [group]
  })
}

/** Every name, before all that were left earlier on a walk along what they need. */
const lastFirst = (needs: Needs): readonly PackageName[] => {
  const seen = new Set<PackageName>()
  const left: PackageName[] = []
  for (const start of needs.keys()) {
    const walk = seen.has(start) ? [] : [{ name: start, next: needs.get(start)?.values() }]
    seen.add(start)
    for (let at = walk.at(-1); at !== undefined; at = walk.at(-1)) {
      const step = at.next?.next()
      if (step === undefined || step.done === true) {
        left.push(at.name)
        walk.pop()
      } else if (!seen.has(step.value)) {
        seen.add(step.value)
        walk.push({ name: step.value, next: needs.get(step.value)?.values() })
      }
    }
  }
  return left.reverse()
}

const shortestRing = (start: PackageName, group: ReadonlySet<PackageName>, needs: Needs): readonly PackageName[] | undefined => {
  const before = new Map<PackageName, PackageName | undefined>([[start, undefined]])
  for (const [at] of before) {
    for (const next of needs.get(at) ?? []) {
      if (next === start) {
        const ring: PackageName[] = []
        for (let name: PackageName | undefined = at; name !== undefined; name = before.get(name)) ring.unshift(name)
        return ring
      }
      if (group.has(next) && !before.has(next)) before.set(next, at)
    }
  }
  return undefined
}
