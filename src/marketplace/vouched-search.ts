import type { Digest } from '#core'
import type { ParsedQuery } from '#flow/search'
import { type ForeignIndex, type ForeignPackage, whyNotOffered } from '#foreign'
import { answerQuery, type FoundPackage, type FoundPackages, ListedEntries, type ListedEntry, type PackageQuery } from '#store'
import { newestOf } from './fetch-vouched.ts'
import type { SearchHit } from './search-answer.ts'
import type { VouchedPackage } from './vouched.ts'
import type { AskedIndex, NamedVouched } from './vouching.ts'

/** A package of an index as it is searched. */
export interface VouchedEntry extends ListedEntry {
  readonly identity?: never
  readonly foreign: ForeignPackage
}

/** What is put together of an index, as long as it is the same. */
const lists = new WeakMap<ForeignIndex, ListedEntries<VouchedEntry>>()

/** An index does not say these things of its packages. */
const UNSAID = ['publisher', 'kind', 'scripts', 'since'] as const satisfies readonly (keyof ParsedQuery)[]

/** What of a query an index cannot answer; absent: nothing. */
export const unsaid = (query: ParsedQuery): string | undefined =>
  UNSAID.find((key) => query[key] !== undefined) ?? (query.order === 'date' ? 'sort' : undefined)

/** One page of the packages of an index that match. */
export const searchIndex = async ({ look: { index } }: AskedIndex, query: PackageQuery): Promise<FoundPackages<VouchedEntry>> => {
  const list = lists.get(index) ?? new ListedEntries(index.packages.map(entryOf))
  lists.set(index, list)
  return await answerQuery(list, query, { kept: [] })
}

/** It may be known here for a moment only, and nobody says when it came out. */
const entryOf = (foreign: ForeignPackage): VouchedEntry => {
  const { name, title, description, tags, category, license, author } = foreign
  return { name, title, description, tags, category, license, author, deprecated: false, at: 0, known: Number.MAX_SAFE_INTEGER, foreign }
}

/** How a hit is told. */
export interface HitOptions {
  readonly explain: boolean
  readonly holders: (digest: Digest) => Promise<number>
}

export const toVouchedHit = async (
  { entry: { foreign }, score, parts }: FoundPackage<VouchedEntry>, { registry }: AskedIndex, options: HitOptions,
): Promise<SearchHit | undefined> => {
  const { name, description, category, tags } = foreign
  const newest = newestOf(foreign.versions, undefined)
  if (newest === undefined) return undefined
  const { version, digest, without } = newest
  const holders = digest === undefined ? 0 : await options.holders(digest)
  return {
    name, version, source: registry.name, description, category, tags, score, holders,
    ...(without !== undefined && { without }), ...(options.explain && { explanation: parts }),
  }
}

/** Everything that an index says of a package, seen from the newest version in a range. Throws why there is none. */
export const toVouchedPackage = async (
  named: NamedVouched, range: string | undefined, holders: HitOptions['holders'],
): Promise<VouchedPackage> => {
  const { foreign, offered, registry, look: { stale } } = named
  const chosen = newestOf(foreign.versions, range)
  if (chosen === undefined) throw whyNotOffered(offered, range)
  const contested = new Set(offered.contested.map(({ version }) => version))
  const standingOf = (version: VouchedPackage['version']): VouchedPackage['standing'] => (contested.has(version) ? 'disputed' : 'live')
  const { name, title, description, tags, category, license, author, versions } = foreign
  const { version, digest, sizeBytes, without } = chosen
  return {
    name, source: registry.name, version, standing: standingOf(version),
    ...(without !== undefined && { without }),
    summary: { title, description, tags, category, license, author },
    ...(digest !== undefined && { digest }), ...(sizeBytes !== undefined && { sizeBytes }),
    holders: digest === undefined ? 0 : await holders(digest),
    ...(stale?.asOf !== undefined && { asOf: stale.asOf }),
    versions: versions.map((one) => ({ version: one.version, standing: standingOf(one.version) })),
  }
}
