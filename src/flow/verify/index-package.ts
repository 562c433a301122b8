import type { FeedOp, IdentityId, PackageName, ReleaseOp } from '#core'
import type { Catalogue, CatalogueEntry } from '#store'
import { type PackageView, type ReleaseView, viewPackage } from '#trust'
import { compare, prerelease } from 'semver'
import { createViews } from './package-views.ts'
import type { Reopen } from './opened-ops.ts'

/** The release that search shows and that `install NAME` takes: the newest stable one that stands, else the newest pre-release. */
export const newestAcceptable = (view: PackageView): ReleaseView | undefined => {
  const standing = [...view.releases.values()].filter((release) => release.standing === 'live' || release.standing === 'deprecated')
  const newestFirst = standing.sort((a, b) => compare(b.version, a.version))
  return newestFirst.find((release) => prerelease(release.version) === null) ?? newestFirst[0]
}

interface Indexed {
  readonly identity: IdentityId
  readonly names: Iterable<PackageName>
  readonly reopen: Reopen
}

/**
 * Brings the search entries of packages of one identity in line with their ops, reading its chain once; call inside the transaction that changed
 * them. `now` in Unix seconds.
 */
export const indexPackages = (catalogue: Catalogue, { identity, names, reopen }: Indexed, now: number): void => {
  const who = createViews(catalogue, reopen).identity(identity)
  for (const name of names) {
    const ops = catalogue.feedOps(identity, name).map((bytes) => reopen(bytes) as FeedOp)
    const newest = who === undefined ? undefined : newestAcceptable(viewPackage(who, name, ops))
    if (newest === undefined) catalogue.removeEntry(identity, name)
    else catalogue.putEntry({ ...entryOf(newest.release, now), deprecated: newest.standing === 'deprecated' })
  }
}

const entryOf = ({ identity, body, at, id }: ReleaseOp, known: number): Omit<CatalogueEntry, 'deprecated'> => {
  const { name, version, artifact, summary, kind, scripts } = body
  const { title, description, tags, category, license, author } = summary
  return { identity, name, version, digest: artifact.digest, title, description, tags, category, license, author, kind, scripts, at, known, op: id }
}
