import { type PackageName, type Version, versionSlot } from '#core'
import { rcompare } from 'semver'
import type { ForeignClash, ForeignPackage, ForeignVersion, RefusedEntry } from './foreign-index.ts'
import { FOREIGN_LIMITS } from './foreign-limits.ts'
import { indexInvalid } from './index-fault.ts'
import { type Described, refusal } from './read-entry.ts'

interface Gathered {
  readonly described: Described
  readonly versions: Map<Version, ForeignVersion>
}

/** Packages and versions of an index as they come, each slot once. */
export class Gatherer {
  readonly #packages = new Map<PackageName, Gathered>()
  readonly #refused: RefusedEntry[] = []
  readonly #clashes: ForeignClash[] = []
  #entries = 0

  /** Reads one entry; what cannot be named here is noted. Throws `index-invalid` when there are too many. */
  add(label: string, read: () => { readonly described: Described; readonly versions: Iterable<readonly [label: string, read: () => ForeignVersion]> }): void {
    this.#count(this.#packages.size + this.#refused.length, FOREIGN_LIMITS.packages, 'packages')
    const entry = this.#attempt(label, read)
    if (entry === undefined) return
    let some = false
    for (const [version, readOne] of entry.versions) {
      this.#count(this.#entries++, FOREIGN_LIMITS.versions, 'versions')
      const found = this.#attempt(`${label} ${version}`.trim(), readOne)
      some = true
      if (found !== undefined) this.#put(entry.described, found)
    }
    if (!some) this.#refused.push({ label: entry.described.name, why: 'the index names no version of it' })
  }

  finish(): { readonly packages: readonly ForeignPackage[]; readonly refused: readonly RefusedEntry[]; readonly clashes: readonly ForeignClash[] } {
    const packages = [...this.#packages.values()].map(({ described, versions }) => ({
      ...described,
      versions: [...versions.values()].toSorted((a, b) => rcompare(a.version, b.version)),
    }))
    return { packages: packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)), refused: this.#refused, clashes: this.#clashes }
  }

  /** The first one counts, whatever comes after it. */
  #put(described: Described, version: ForeignVersion): void {
    const known = this.#packages.get(described.name) ?? { described, versions: new Map<Version, ForeignVersion>() }
    this.#packages.set(described.name, known)
    const slot = versionSlot(version.version)
    const before = known.versions.get(slot)
    if (before === undefined) known.versions.set(slot, version)
    else if (before.digest !== undefined && version.digest !== undefined && before.digest !== version.digest) {
      this.#clashes.push({ name: described.name, version: version.version, digests: [before.digest, version.digest] })
    }
  }

  #attempt<T>(label: string, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      this.#refused.push(refusal(label, error))
      return undefined
    }
  }

  #count(count: number, most: number, what: string): void {
    if (count >= most) throw indexInvalid(`it names more than ${most} ${what}`)
  }
}
