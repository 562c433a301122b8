import { type Clock, type Digest, GgenError, LIMITS } from '#core'
import { type ParsedQuery, parseQuery, type PeerAnswers, RememberedSearches, searchPeers } from '#flow/search'
import type { Network } from '#network'
import { type Cause, nobodyAnswered } from '#registry'
import type { Inquiry, WordsQuestion } from './inquiry.ts'
import type { Registries } from './registries.ts'
import { type CatalogueEntry, type FoundPackage, type FoundPackages, type KeptSignal, mergePages, type PackageSearch, type SearchSignals } from '#store'
import { toHit } from './describe-package.ts'
import type { SearchAnswer, SearchHit, SearchQuery } from './search-answer.ts'
import { searchIndex, toVouchedHit, unsaid, type VouchedEntry } from './vouched-search.ts'
import type { AskedIndex, Whom } from './vouching.ts'

export interface SearcherParts {
  readonly search: PackageSearch
  readonly network: Network
  readonly clock: Clock
  /** Keeps no whole catalogue: asks peers first. */
  readonly light: boolean
  /** The packages that stay here; the same object as long as they are the same. */
  readonly kept: () => readonly KeptSignal[]
  /** Takes in what a peer answered; throws `op-invalid` when some of it is not valid. */
  readonly take: (envelopes: readonly Uint8Array[], signal: AbortSignal) => Promise<void>
  readonly holderCount: (digest: Digest) => Promise<number>
  readonly inquiry: AskedForWords & { readonly among: (registries: Registries | undefined) => AskedForWords }
}

type AskedForWords = Pick<Inquiry, 'wordsAhead' | 'wordsBehind' | 'isPrivate' | 'mayTellPeers'>

/** Words, and who is asked for them. */
interface Question extends WordsQuestion {
  readonly inquiry: AskedForWords
}

/** What an index has of one query. */
interface Listed {
  readonly index: AskedIndex
  readonly page: FoundPackages<VouchedEntry>
}

const NOBODY: PeerAnswers = { asked: 0, answered: 0 }

interface Finding {
  readonly answer: FoundPackages
  readonly peers: PeerAnswers | undefined
  /** Servers that could not be asked. */
  readonly causes: readonly Cause[]
}

/** Finds packages: in the own catalogue, and with the help of peers where it is not whole or knows nothing. */
export class Searcher {
  readonly #parts: SearcherParts
  readonly #remembered: RememberedSearches
  #signals: SearchSignals = { kept: [] }

  constructor(parts: SearcherParts) {
    this.#parts = parts
    this.#remembered = new RememberedSearches(parts.clock)
  }

  /** As `Marketplace.search`; `whom`: who is asked. */
  async search(query: SearchQuery, signal: AbortSignal, { among, vouching }: Whom): Promise<SearchAnswer> {
    const inquiry = this.#parts.inquiry.among(among)
    const question = { query: parseQuery(query), isPrivate: inquiry.isPrivate(query.words), inquiry }
    using first = inquiry.wordsAhead(question, signal)
    const listed = vouching.comesFirst ? await this.#listed(question, () => vouching.index({}, signal), vouching.isAlone) : undefined
    const isLate = await first.isLate()
    const { answer: early, peers, causes: behind } = await this.#find(question, signal, (listed?.page.total ?? 0) > 0)
    const isLeft = isLate && early.total > 0
    const heard = isLeft ? behind : [...(await first.answer), ...behind]
    const known = isLate && !isLeft ? await this.#look(question.query, signal) : early
    const last = listed ?? (known.total > 0 ? undefined : await this.#listed(question, () => vouching.last({}, signal), vouching.isAlone))
    const answer = last === undefined ? known : mergePages({ ...question.query, now: this.#now() }, known, last.page)
    const causes = [...heard, ...(vouching.cause === undefined ? [] : [vouching.cause])]
    // Who names a server wants to know that it could not be asked, and not that there is nothing.
    if (among?.asksPeers === false && answer.total === 0 && causes.length > 0) throw nobodyAnswered(causes)
    const { total, found, next, corrected } = answer
    const results = await Promise.all(found.map((hit) => this.#toHit(hit, last?.index, query.explain === true)))
    const stale = last?.index.look.stale
    return {
      total,
      results: results.filter((hit) => hit !== undefined),
      ...(next !== undefined && { next }),
      ...((isLeft || causes.length > 0 || (peers !== undefined && peers.answered < peers.asked)) && { partial: true }),
      ...(corrected !== undefined && { corrected }),
      ...(stale !== undefined && last !== undefined && { stale: { source: last.index.registry.name, ...(stale.asOf !== undefined && { asOf: stale.asOf }) } }),
    }
  }

  /** What an index of somebody else names. Throws `query-invalid` where it alone is asked, and for what it does not say. */
  async #listed({ query, isPrivate }: Question, ask: () => Promise<AskedIndex | undefined>, isAlone: boolean): Promise<Listed | undefined> {
    const index = await ask()
    if (index === undefined || (isPrivate && !index.registry.isPrivate)) return undefined
    const without = unsaid(query)
    if (without !== undefined && isAlone) throw new GgenError('query-invalid', `an index of another registry cannot be searched with ${without}`)
    return { index, page: await searchIndex(index, { ...query, now: this.#now() }) }
  }

  async #toHit(hit: FoundPackage<CatalogueEntry | VouchedEntry>, index: AskedIndex | undefined, explain: boolean): Promise<SearchHit | undefined> {
    const { holderCount } = this.#parts
    const { entry, ...rest } = hit
    if (!('foreign' in entry)) return toHit({ ...rest, entry }, await holderCount(entry.digest), explain)
    return index && (await toVouchedHit({ ...rest, entry }, index, { explain, holders: holderCount }))
  }

  /** Brings what peers know of a query into the catalogue, whoever asked for it before. */
  async #askPeers({ query, isPrivate, inquiry }: Question, signal: AbortSignal): Promise<PeerAnswers> {
    const { network, clock, take } = this.#parts
    if (!inquiry.mayTellPeers(isPrivate)) return NOBODY
    return await searchPeers({ network, clock, take: (envelopes) => take(envelopes, signal) }, query, signal)
  }

  /** `isFound`: others who come first found something. */
  async #find(question: Question, signal: AbortSignal, isFound: boolean): Promise<Finding> {
    const { query, inquiry, isPrivate } = question
    if (isFound) return { answer: await this.#look(query, signal), peers: undefined, causes: [] }
    // That peers were not asked is nothing to remember.
    if (this.#parts.light && inquiry.mayTellPeers(isPrivate)) {
      // More than one page needs, so that there are others to go on to.
      const whole = { ...query, limit: LIMITS.searchAnswerHits }
      const peers = await this.#remembered.ask(whole, () => this.#askPeers({ ...question, query: whole }, signal))
      const answer = await this.#look(query, signal)
      return answer.total > 0 ? { answer, peers, causes: [] } : await this.#findBehind(question, { answer, peers }, signal)
    }
    const answer = await this.#look(query, signal)
    if (answer.total > 0) return { answer, peers: undefined, causes: [] }
    const peers = await this.#askPeers(question, signal)
    const known = peers.answered === 0 ? answer : await this.#look(query, signal)
    return known.total > 0 ? { answer: known, peers, causes: [] } : await this.#findBehind(question, { answer: known, peers }, signal)
  }

  /** Nothing was found by those who come first. */
  async #findBehind(question: Question, found: Omit<Finding, 'causes'>, signal: AbortSignal): Promise<Finding> {
    const causes = await question.inquiry.wordsBehind(question, signal)
    return { ...found, answer: await this.#look(question.query, signal), causes }
  }

  #look(query: ParsedQuery, signal: AbortSignal): Promise<FoundPackages> {
    const { search, kept } = this.#parts
    if (this.#signals.kept !== kept()) this.#signals = { kept: kept() }
    return search.search({ ...query, now: this.#now() }, this.#signals, signal)
  }

  /** Unix seconds. */
  #now(): number {
    return Math.floor(this.#parts.clock.now() / 1000)
  }
}
