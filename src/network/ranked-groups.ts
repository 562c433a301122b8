/** Things in groups, each group in the order in which they came, and at every moment the group with the most of them. */
export class RankedGroups<Thing> {
  readonly #groups = new Map<string, Set<Thing>>()
  readonly #bySize = new Map<number, Set<string>>()
  #largest = 0

  sizeOf(group: string): number {
    return this.#groups.get(group)?.size ?? 0
  }

  /** The size of a largest group, and what came into it first; `undefined` when there is nothing. */
  largest(): { readonly size: number; readonly oldest: Thing } | undefined {
    const [name = ''] = this.#bySize.get(this.#largest) ?? []
    const members = this.#groups.get(name)
    if (members === undefined) return undefined
    const [oldest] = members as ReadonlySet<Thing>
    return { size: this.#largest, oldest: oldest as Thing }
  }

  /** A thing that is in the group already keeps its place. */
  add(group: string, thing: Thing): void {
    const members = this.#groups.get(group) ?? new Set()
    const before = members.size
    this.#groups.set(group, members.add(thing))
    this.#rank(group, before, members.size)
  }

  delete(group: string, thing: Thing): void {
    const members = this.#groups.get(group)
    if (members?.delete(thing) !== true) return
    if (members.size === 0) this.#groups.delete(group)
    this.#rank(group, members.size + 1, members.size)
  }

  #rank(group: string, before: number, after: number): void {
    const peers = this.#bySize.get(before)
    if (peers?.delete(group) === true && peers.size === 0) this.#bySize.delete(before)
    if (after > 0) this.#bySize.set(after, (this.#bySize.get(after) ?? new Set()).add(group))
    this.#largest = Math.max(this.#largest, after)
    while (this.#largest > 0 && !this.#bySize.has(this.#largest)) this.#largest -= 1
  }
}
