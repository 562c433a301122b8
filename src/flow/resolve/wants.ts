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

/** The shortest ways on which packages got into question: from what the project itself asks for to each of them. */
export class Paths {
  readonly #before = new Map<PackageName, PackageName | undefined>()

  constructor(wants: readonly Want[]) {
    const wanted = Map.groupBy(wants, ({ by }) => by?.name)
    const queue: (PackageName | undefined)[] = [undefined]
    for (const by of queue) {
      for (const { name } of wanted.get(by) ?? []) {
        if (this.#before.has(name)) continue
        this.#before.set(name, by)
        queue.push(name)
      }
    }
  }

  /** Names, the package itself last; empty where there is no way. */
  to(name: PackageName): readonly PackageName[] {
    const path: PackageName[] = []
    for (let at = this.#before.has(name) ? name : undefined; at !== undefined; at = this.#before.get(at)) path.push(at)
    return path.reverse()
  }
}
