import { type Clock, type Digest, LIMITS } from '#core'
import { type ParsedQuery, parseQuery, type PeerAnswers, RememberedSearches, searchPeers } from '#flow/search'
import type { Network } from '#network'
import type { Inquiry, WordsQuestion } from './inquiry.ts'
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
  readonly inquiry: Pick<Inquiry, 'words' | 'isPrivate' | 'mayTellPeers'>
}

const NOBODY: PeerAnswers = { asked: 0, answered: 0 }

interface Finding {
  readonly answer: FoundPackages
  readonly peers: PeerAnswers | undefined
  /** A server could not be asked. */
  readonly isPartial: boolean
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

  /** As `Marketplace.search`. */
  async search(query: SearchQuery, signal: AbortSignal): Promise<SearchAnswer> {
    const parsed = parseQuery(query)
    const question = { query: parsed, isPrivate: this.#parts.inquiry.isPrivate(query.words) }
    const causes = await this.#parts.inquiry.words(question, 'ahead', signal)
    const { answer, peers, isPartial } = await this.#find(question, signal)
    const { total, found, next, corrected } = answer
    const results = found.map(async (hit) => toHit(hit, await this.#parts.holderCount(hit.entry.digest), query.explain === true))
    return {
      total,
      results: await Promise.all(results),
      ...(next !== undefined && { next }),
      ...((causes.length > 0 || isPartial || (peers !== undefined && peers.answered < peers.asked)) && { partial: true }),
      ...(corrected !== undefined && { corrected }),
    }
  }

  /** Brings what peers know of a query into the catalogue, whoever asked for it before. */
  async #askPeers({ query, isPrivate }: WordsQuestion, signal: AbortSignal): Promise<PeerAnswers> {
    const { network, clock, take, inquiry } = this.#parts
    if (!inquiry.mayTellPeers(isPrivate)) return NOBODY
    return await searchPeers({ network, clock, take: (envelopes) => take(envelopes, signal) }, query, signal)
  }

  async #find(question: WordsQuestion, signal: AbortSignal): Promise<Finding> {
    const { query } = question
    if (this.#parts.light) {
      // More than one page needs, so that there are others to go on to.
      const whole = { ...query, limit: LIMITS.searchAnswerHits }
      const peers = await this.#remembered.ask(whole, () => this.#askPeers({ ...question, query: whole }, signal))
      const answer = await this.#look(query, signal)
      return answer.total > 0 ? { answer, peers, isPartial: false } : await this.#findBehind(question, { answer, peers }, signal)
    }
    const answer = await this.#look(query, signal)
    if (answer.total > 0) return { answer, peers: undefined, isPartial: false }
    const peers = await this.#askPeers(question, signal)
    const known = peers.answered === 0 ? answer : await this.#look(query, signal)
    return known.total > 0 ? { answer: known, peers, isPartial: false } : await this.#findBehind(question, { answer: known, peers }, signal)
  }

  /** Nothing was found by those who come first. */
  async #findBehind(question: WordsQuestion, found: Omit<Finding, 'isPartial'>, signal: AbortSignal): Promise<Finding> {
    const causes = await this.#parts.inquiry.words(question, 'behind', signal)
    return { ...found, answer: await this.#look(question.query, signal), isPartial: causes.length > 0 }
  }

  #look(query: ParsedQuery, signal: AbortSignal): Promise<FoundPackages> {
    const { search, clock, kept } = this.#parts
    if (this.#signals.kept !== kept()) this.#signals = { kept: kept() }
    return search.search({ ...query, now: Math.floor(clock.now() / 1000) }, this.#signals, signal)
  }
}
