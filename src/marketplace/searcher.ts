import { type Clock, type Digest, LIMITS } from '#core'
import { type ParsedQuery, parseQuery, type PeerAnswers, RememberedSearches, searchPeers } from '#flow/search'
import type { Network } from '#network'
import { type Cause, nobodyAnswered } from '#registry'
import type { Inquiry, WordsQuestion } from './inquiry.ts'
import type { Registries } from './registries.ts'
import type { FoundPackages, KeptSignal, PackageSearch, SearchSignals } from '#store'
import { toHit } from './describe-package.ts'
import type { SearchAnswer, SearchQuery } from './marketplace.ts'

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

  /** As `Marketplace.search`; `among`: who is asked instead of those that the operator chose. */
  async search(query: SearchQuery, signal: AbortSignal, among?: Registries): Promise<SearchAnswer> {
    const inquiry = this.#parts.inquiry.among(among)
    const question = { query: parseQuery(query), isPrivate: inquiry.isPrivate(query.words), inquiry }
    using first = inquiry.wordsAhead(question, signal)
    const isLate = await first.isLate()
    const { answer: early, peers, causes: behind } = await this.#find(question, signal)
    const isLeft = isLate && early.total > 0
    const causes = isLeft ? behind : [...(await first.answer), ...behind]
    const answer = isLate && !isLeft ? await this.#look(question.query, signal) : early
    // Who names a server wants to know that it could not be asked, and not that there is nothing.
    if (among?.asksPeers === false && answer.total === 0 && causes.length > 0) throw nobodyAnswered(causes)
    const { total, found, next, corrected } = answer
    const results = found.map(async (hit) => toHit(hit, await this.#parts.holderCount(hit.entry.digest), query.explain === true))
    return {
      total,
      results: await Promise.all(results),
      ...(next !== undefined && { next }),
      ...((isLeft || causes.length > 0 || (peers !== undefined && peers.answered < peers.asked)) && { partial: true }),
      ...(corrected !== undefined && { corrected }),
    }
  }

  /** Brings what peers know of a query into the catalogue, whoever asked for it before. */
  async #askPeers({ query, isPrivate, inquiry }: Question, signal: AbortSignal): Promise<PeerAnswers> {
    const { network, clock, take } = this.#parts
    if (!inquiry.mayTellPeers(isPrivate)) return NOBODY
    return await searchPeers({ network, clock, take: (envelopes) => take(envelopes, signal) }, query, signal)
  }

  async #find(question: Question, signal: AbortSignal): Promise<Finding> {
    const { query, inquiry, isPrivate } = question
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
    const { search, clock, kept } = this.#parts
    if (this.#signals.kept !== kept()) this.#signals = { kept: kept() }
    return search.search({ ...query, now: Math.floor(clock.now() / 1000) }, this.#signals, signal)
  }
}
