import { compare, parse, type SemVer } from 'semver'
import { isFields, type PackageDocument } from './package-document.ts'

type Tags = Readonly<Record<string, string>>

/** The dist-tags of a document, those that are texts. */
export const distTags = (document: PackageDocument): Tags => {
  const tags = document['dist-tags']
  if (!isFields(tags)) return {}
  return Object.fromEntries(Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** When a document says that a version was published, Unix milliseconds; `undefined`: it does not say. */
export const publishedAt = ({ time }: PackageDocument, version: string): number | undefined => {
  const said = isFields(time) && Object.hasOwn(time, version) ? time[version] : undefined
  const at = typeof said === 'string' ? Date.parse(said) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

const isStable = ({ prerelease }: SemVer): boolean => prerelease.length === 0

const isSameTriple = (a: SemVer, b: SemVer): boolean => a.major === b.major && a.minor === b.minor && a.patch === b.patch

/** As npm does it with `--before`: the highest of `<=VERSION`, which a prerelease is in only beside one of the same numbers. */
const nextBest = (wanted: string, kept: readonly SemVer[]): string | undefined => {
  const gone = parse(wanted)
  if (gone === null) return undefined
  return kept.filter((one) => compare(one, gone) <= 0 && (isStable(one) || (!isStable(gone) && isSameTriple(one, gone)))).sort(compare).at(-1)?.version
}

/** Without one, pnpm and yarn 1 install nothing of a package. */
const anyLatest = (kept: readonly SemVer[]): string | undefined => {
  const stable = kept.filter(isStable)
  return (stable.length > 0 ? stable : kept).toSorted(compare).at(-1)?.version
}

const tagsWithout = (document: PackageDocument, gone: ReadonlySet<string>): Tags => {
  const tags = Object.entries(distTags(document))
  if (!tags.some(([, version]) => gone.has(version))) return Object.fromEntries(tags)
  const kept = Object.keys(document.versions).filter((version) => !gone.has(version)).flatMap((version) => parse(version) ?? [])
  return Object.fromEntries(tags.flatMap(([tag, version]) => {
    const chosen = gone.has(version) ? nextBest(version, kept) ?? (tag === 'latest' ? anyLatest(kept) : undefined) : version
    return chosen === undefined ? [] : [[tag, chosen]]
  }))
}

/**
 * The same document without some of its versions: nothing speaks of them any more. A tag that led to one leads to the highest version below it, as with
 * `npm --before`, or goes.
 */
export const leaveOut = (document: PackageDocument, gone: ReadonlySet<string>): PackageDocument => {
  if (gone.size === 0) return document
  const { versions, time } = document
  const without = <Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    Object.fromEntries(Object.entries(record).filter(([version]) => !gone.has(version)))
  return {
    ...document, versions: without(versions),
    ...(document['dist-tags'] !== undefined && { 'dist-tags': tagsWithout(document, gone) }),
    ...(isFields(time) && { time: without(time) }),
  }
}
