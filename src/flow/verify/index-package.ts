import type { IdentityId, PackageName, ReleaseOp } from '#core'
import type { Catalogue, CatalogueEntry } from '#store'
import type { PackageLedgers } from './package-ledgers.ts'

interface Indexed {
  readonly identity: IdentityId
  readonly names: Iterable<PackageName>
  /** Of the same catalogue. */
  readonly ledgers: PackageLedgers
}

/**
 * Brings the search entries of packages of one identity in line with their ops, reading its chain once; call inside the transaction that changed
 * them. `now` in Unix seconds.
 */
export const indexPackages = (catalogue: Catalogue, { identity, names, ledgers }: Indexed, now: number): void => {
  const who = ledgers.identity(identity)
  for (const name of names) {
    const newest = who === undefined ? undefined : ledgers.newest(who, name)
    if (newest === undefined) catalogue.removeEntry(identity, name)
    else catalogue.putEntry({ ...entryOf(newest.release, now), deprecated: newest.standing === 'deprecated' })
  }
}

const entryOf = ({ identity, body, at, id }: ReleaseOp, known: number): Omit<CatalogueEntry, 'deprecated'> => {
  const { name, version, artifact, summary, kind, scripts } = body
  const { title, description, tags, category, license, author } = summary
  return { identity, name, version, digest: artifact.digest, title, description, tags, category, license, author, kind, scripts, at, known, op: id }
}
