import { type FeedOp, GgenError, isPackageName, type News, type NewsType, type PackageName, type ReleaseOp, type StatusState } from '#core'
import { type EntryTerms, entryTerms, facetsOf, matchEntry, type PackageFilters, tokenize } from '#store'
import { parseFilters, parseWords } from './parse-query.ts'

/** What somebody wants to hear of, as it was typed; all conditions must hold, and without any everything is wanted. */
export interface WatchWish extends PackageFilters {
  /** As in a search; one that is the whole name of a package stands for that package as well. */
  readonly words: readonly string[]
  /** Only packages that are called exactly like one of these. */
  readonly names?: readonly PackageName[]
  /** Only news of these types. */
  readonly types?: readonly NewsType[]
  /** Only what changed into one of these states. */
  readonly states?: readonly StatusState[]
}

/** A wish that can only be well formed: bounded, lower case, nothing in it is syntax for any engine. */
export interface WatchFilter {
  readonly words: readonly string[]
  /** Packages that match whatever the words are. */
  readonly called: ReadonlySet<string>
  readonly names: ReadonlySet<PackageName> | undefined
  readonly publisher: PackageFilters['publisher']
  readonly facets: readonly string[]
  /** Unix seconds. */
  readonly since: number
  readonly types: ReadonlySet<NewsType> | undefined
  readonly states: ReadonlySet<StatusState> | undefined
}

/** A package, as far as filters look at it. */
export interface Subject {
  readonly name: PackageName
  /** When the op that brought it up was signed: Unix seconds, publisher's clock. */
  readonly at: number
  readonly terms: EntryTerms
}

/** Parses a wish; throws `query-invalid`, also when something was given and none of it says anything: that would be a wish for everything. */
export const parseWatch = (wish: WatchWish): WatchFilter => {
  const words = parseWords(wish.words)
  const { since = 0, ...filters } = parseFilters(wish)
  const facets = facetsOf(filters)
  const isBlank = words.length === 0 && facets.length === 0 && since === 0
  const { tags = [], category, author, license, kind } = wish
  if (isBlank && [...wish.words, ...tags, category, author, license, kind].some((text) => text !== undefined)) {
    const hint = 'give words with letters or digits, or none at all to watch everything'
    throw new GgenError('query-invalid', 'there is nothing to watch for in that', { hint })
  }
  const types = someOf(wish.types)
  const states = someOf(wish.states)
  if (states !== undefined && types?.has('status') === false) {
    throw new GgenError('query-invalid', 'only news of the type status have a state', { hint: 'leave the types out, or have status among them' })
  }
  return {
    words, facets, since, types, states,
    called: new Set(wish.words.map((word) => word.trim()).filter(isPackageName)),
    names: someOf(wish.names),
    publisher: filters.publisher,
  }
}

const someOf = <T>(values: readonly T[] | undefined): ReadonlySet<T> | undefined => (values === undefined || values.length === 0 ? undefined : new Set(values))

/** What an op is about; a status says nothing of the package itself, so the release it speaks of does, where that is known. */
export const aboutOp = (op: FeedOp, release: ReleaseOp | undefined): Subject => {
  const { identity, at, body: { name } } = op
  if (release === undefined) return { name, at, terms: nameTerms(op) }
  const { kind, scripts, summary } = release.body
  return { name, at, terms: entryTerms({ identity, name, kind, scripts, ...summary }) }
}

const nameTerms = ({ identity, body: { name } }: FeedOp): EntryTerms => {
  const words = tokenize(name)
  return { name: words, tags: [], words: new Set(words), facets: facetsOf({ publisher: identity }) }
}

/** Whether something new about a package is wanted, whatever it is. Words are looked for as a search does that finds little: each may be a beginning. */
export const wantsSubject = ({ words, called, names, facets, since }: WatchFilter, { name, at, terms }: Subject): boolean =>
  (names === undefined || names.has(name)) &&
  facets.every((facet) => terms.facets.includes(facet)) &&
  at >= since &&
  (called.has(name) || matchEntry(terms, { words, open: 'every' }) !== undefined)

/** Whether this kind of news is wanted. That records were dropped is nothing about a package: whoever asks for some does not hear of it. */
export const wantsNews = (filter: WatchFilter, news: News): boolean =>
  (filter.types === undefined || filter.types.has(news.type)) &&
  (filter.states === undefined || (news.type === 'status' && filter.states.has(news.state))) &&
  (news.type !== 'dropped' || wantsDrop(filter, news.identity))

const wantsDrop = ({ words, names, facets, since, publisher }: WatchFilter, identity: string): boolean =>
  words.length === 0 && names === undefined && since === 0 && facets.length === (publisher === undefined ? 0 : 1) &&
  (publisher === undefined || publisher === identity)
