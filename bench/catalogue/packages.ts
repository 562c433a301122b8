import { LIMITS, type PackageName, parseVersion, type StatusState, type Summary, type Version } from '#core'
import { handleOf, nameAt } from './names.ts'
import { SeededRandom, Weighted } from './random.ts'
import { FIRST_NAMES, LICENSE, type Subject, SUBJECT } from './subjects.ts'
import { drawRank, FOREIGN, wordOf } from './vocabulary.ts'

/** The latest moment in the records, Unix seconds. */
export const RECORDS_END = 1_763_683_200
const SPAN_SECONDS = 5 * 365 * 86_400

/** One version of a package. */
export interface VersionRecord {
  readonly version: Version
  /** Unix seconds. */
  readonly at: number
}

/** A package as its publisher would describe it, with all its versions, oldest first. */
export interface PackageRecord {
  readonly name: PackageName
  readonly summary: Summary
  /** Whose it is; the same number is the same publisher. */
  readonly publisher: number
  /** When the publisher began, Unix seconds: before everything that is theirs. */
  readonly publisherSince: number
  readonly versions: readonly VersionRecord[]
  /** What its publisher said of the newest version later. */
  readonly status?: { readonly state: StatusState; readonly why: string; readonly at: number }
  readonly scripts: boolean
  readonly bins: number
  readonly dependencies: number
  /** Of the newest archive, bytes. */
  readonly sizeBytes: number
}

const VERSIONS = new Weighted<number>([[1, 70], [2, 15], [3, 7], [4, 3], [6, 3], [9, 1.5], [14, 0.5]])
const STATUS = new Weighted<StatusState | undefined>([[undefined, 96.5], ['deprecated', 2.5], ['yanked', 0.8], ['withdrawn', 0.2]])
const SCRIPTS_SHARE = 0.05

/** The later the more, where `later` is above 1. */
const momentAfter = (start: number, random: SeededRandom, later: number): number =>
  start + Math.floor((RECORDS_END - start) * random.fraction() ** (1 / later))

/** Three in a row may have one publisher of few packages; the other publishers are older, and the older the more they have. */
const publisherAt = (index: number, random: SeededRandom): number => {
  const newest = Math.floor(index / 3)
  return random.fraction() < 0.6 ? newest : Math.floor((newest + CROWD) * (CROWD / (newest + CROWD)) ** random.fraction() - CROWD)
}
/** Bends the law for the first: without it the very first would have a tenth of everything. */
const CROWD = 30

const sinceOf = (publisher: number, seed: number): number =>
  momentAfter(RECORDS_END - SPAN_SECONDS, new SeededRandom(seed ^ 0x7075_6200, publisher), 1.2)

const authorOf = (publisher: number, seed: number): string => {
  const random = new SeededRandom(seed ^ 0x6175_7400, publisher)
  if (random.fraction() < 0.3) return handleOf(publisher)
  const last = random.pick(FOREIGN)
  return `${random.pick(FIRST_NAMES)} ${last.charAt(0).toUpperCase()}${last.slice(1)}`
}

/** From 4 to 54 words and 140 characters on the average; a quarter of the words belong to the subject. */
const textOf = (subject: Subject, random: SeededRandom): string => {
  const count = 4 + Math.floor(51 * random.fraction() ** 2)
  const words = Array.from({ length: count }, () => (random.fraction() < 0.25 ? random.pick(subject.words) : wordOf(drawRank(random))))
  const text = words.join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`.slice(0, LIMITS.descriptionChars - 1).trimEnd()
}

const tagsOf = (subject: Subject, random: SeededRandom): string[] => {
  const tags = Array.from({ length: random.below(6) }, () => (random.fraction() < 0.7 ? random.pick(subject.words) : wordOf(60 + random.below(2000))))
  return [...new Set(tags)]
}

const titleOf = (name: string): string =>
  (name.split(/[/.]/).at(-1) ?? '').split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ').slice(0, LIMITS.titleChars)

const versionsOf = (since: number, random: SeededRandom): VersionRecord[] => {
  let [major, minor, patch] = [random.below(3), random.below(10), random.below(10)]
  const moments = Array.from({ length: VERSIONS.pick(random) }, () => momentAfter(since + 1, random, 0.9)).sort((a, b) => a - b)
  return moments.map((at) => {
    const version = { version: parseVersion(`${major}.${minor}.${patch}`), at }
    const step = random.fraction()
    if (step < 0.6) patch += 1
    else if (step < 0.92) [minor, patch] = [minor + 1, 0]
    else [major, minor, patch] = [major + 1, 0, 0]
    return version
  })
}

const WHY: Readonly<Record<StatusState, string>> = {
  live: 'it is back', deprecated: 'use what came after it', yanked: 'it breaks on some systems', withdrawn: 'it was published by mistake',
}

/** The package with this index. `seed` names a world; in one of them a package is the same however many there are. */
export const packageAt = (seed: number, index: number): PackageRecord => {
  const random = new SeededRandom(seed, index)
  const publisher = publisherAt(index, random)
  const publisherSince = sinceOf(publisher, seed)
  const name = nameAt(index, publisher, { seed, random })
  const subject = SUBJECT.pick(random)
  const versions = versionsOf(publisherSince, random)
  const state = STATUS.pick(random)
  return {
    name,
    summary: {
      title: titleOf(name), description: textOf(subject, random), tags: tagsOf(subject, random), category: subject.category,
      license: LICENSE.pick(random), author: authorOf(publisher, seed),
    },
    publisher, publisherSince, versions,
    ...(state !== undefined && { status: { state, why: WHY[state], at: momentAfter(versions.at(-1)?.at ?? publisherSince, random, 1) } }),
    scripts: random.fraction() < SCRIPTS_SHARE,
    bins: random.fraction() < 0.12 ? 1 + random.below(3) : 0,
    dependencies: Math.floor(20 * random.fraction() ** 3),
    sizeBytes: Math.floor(600 * Math.exp(9 * random.fraction() ** 1.5)),
  }
}

/** `count` packages one after the other, beginning with the one that has the index `from`: nothing is kept of those before. */
export function* packages(seed: number, count: number, from = 0): Generator<PackageRecord> {
  for (let index = from; index < from + count; index++) yield packageAt(seed, index)
}
