import type { DependencyKind, PackageName, Version } from '#core'
import type { Fact } from './clause.ts'

/** That somebody wants a package in a range. */
export interface Want {
  readonly name: PackageName
  /** Absent: any version. */
  readonly range?: string
  readonly kind: DependencyKind
  /** Who wants it, in all versions in which it does; absent: the project itself. */
  readonly by?: { readonly name: PackageName; readonly versions: readonly Version[] }
}

/** What facts say of who wants what, each once: the project's own wishes first, then in the order of names. */
export const wantsOf = (facts: readonly Fact[]): readonly Want[] => {
  const wants = new Map<string, Want>()
  for (const fact of facts) {
    const want = wantOf(fact)
    if (want === undefined) continue
    const key = [want.by?.name ?? '', want.name, want.range ?? '', want.kind].join(' ')
    const before = wants.get(key)
    const versions = [...(before?.by?.versions ?? []), ...(want.by?.versions ?? [])]
    wants.set(key, { ...want, ...(want.by !== undefined && { by: { ...want.by, versions } }) })
  }
  return [...wants].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, want]) => want)
}

const wantOf = (fact: Fact): Want | undefined => {
  switch (fact.kind) {
    case 'wish': {
      const { name, range, optional } = fact.wish
      return { name, ...(range !== undefined && { range }), kind: optional ? 'optional' : 'needed' }
    }
    case 'dependency': return { ...fact.dependency, by: { name: fact.from, versions: [fact.version] } }
    case 'unusable': return undefined
  }
}

/** The shortest way on which a package got into question: names from what the project itself asks for to the package; empty where there is none. */
export const pathTo = (name: PackageName, wants: readonly Want[]): readonly PackageName[] => {
  const before = new Map<PackageName, PackageName | undefined>()
  let reached = wants.flatMap((want) => (want.by === undefined ? want.name : []))
  for (const first of reached) before.set(first, undefined)
  while (reached.length > 0 && !before.has(name)) {
    const next = wants.filter(({ by, name: wanted }) => by !== undefined && reached.includes(by.name) && !before.has(wanted))
    for (const { by, name: wanted } of next) if (!before.has(wanted)) before.set(wanted, by?.name)
    reached = [...new Set(next.map((want) => want.name))]
  }
  const path: PackageName[] = []
  for (let at = before.has(name) ? name : undefined; at !== undefined; at = before.get(at)) path.unshift(at)
  return path
}
