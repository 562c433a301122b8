import { type Clock, type DomainAnswers, GgenError, type KnownDomain, LIMITS, type PackageName, toGgenError } from '#core'
import { domainOf, type DomainRecords, type DomainVerdict, isFresh, NOTHING_REMEMBERED, weighDomain } from '#domains'
import type { TrustStore } from '#store'
import { domainsOf, type IdentityView } from '#trust'

export interface DomainProofsParts {
  readonly records: DomainRecords
  readonly store: Pick<TrustStore, 'knownDomain' | 'pin' | 'putKnownDomain' | 'transact'>
  readonly clock: Pick<Clock, 'now'>
}

/**
 * Says whether the domain of a name proves that an identity speaks for it. Each domain is asked once at a time and not again while its answers
 * count; what is proven or seen is remembered for good. Disposing ends what is being asked.
 */
export class DomainProofs implements Disposable {
  readonly #parts: DomainProofsParts
  readonly #lookups = new Map<string, Promise<DomainAnswers>>()
  readonly #ending = new AbortController()

  constructor(parts: DomainProofsParts) {
    this.#parts = parts
  }

  /**
   * Judges an identity under a name. Nobody is asked for a name without a domain. Throws `cancelled` or `timeout` when the signal aborts, `too-busy`
   * above `LIMITS.domainLookups`, and what the store throws.
   */
  async prove(name: PackageName, view: IdentityView, signal: AbortSignal): Promise<DomainVerdict> {
    if (signal.aborted) throw toGgenError(signal.reason)
    const domain = domainOf(name)
    if (domain === undefined) return { verdict: 'unproven', reason: 'no-domain' }
    const { store, clock } = this.#parts
    const known = store.knownDomain(domain)
    if (known === undefined || !isFresh(known, clock.now())) await orAborted(this.#look(domain), signal)
    return store.transact(() => this.#judge(name, view, domain))
  }

  /** Judges by what was said before, however long ago: nobody is asked. */
  recall(name: PackageName, view: IdentityView): DomainVerdict {
    const domain = domainOf(name)
    if (domain === undefined) return { verdict: 'unproven', reason: 'no-domain' }
    const { store } = this.#parts
    if (store.knownDomain(domain) === undefined) return { verdict: 'unproven', domain, reason: 'unreachable', why: 'it is to be asked nothing now' }
    return store.transact(() => this.#judge(name, view, domain))
  }

  [Symbol.dispose](): void {
    this.#ending.abort()
  }

  /** Asks the domain, and keeps what it says; everybody who wants to know waits for the same answers. */
  #look(domain: string): Promise<DomainAnswers> {
    const running = this.#lookups.get(domain)
    if (running !== undefined) return running
    if (this.#lookups.size >= LIMITS.domainLookups) throw new GgenError('too-busy', 'too many domains are being asked at once')
    const lookup = this.#ask(domain).finally(() => this.#lookups.delete(domain))
    this.#lookups.set(domain, lookup)
    return lookup
  }

  async #ask(domain: string): Promise<DomainAnswers> {
    const { records, store, clock } = this.#parts
    const answers = await records.ask(domain, this.#ending.signal)
    store.transact(() => {
      const memory = store.knownDomain(domain)?.memory ?? NOTHING_REMEMBERED
      store.putKnownDomain({ domain, answers, askedAt: clock.now(), memory })
    })
    return answers
  }

  #judge(name: PackageName, view: IdentityView, domain: string): DomainVerdict {
    const { store, clock } = this.#parts
    const known = store.knownDomain(domain)
    if (known === undefined) return forgotten(domain)
    const question = { domain, name, identity: view.identity, domains: domainsOf(view), pinned: store.pin(name)?.identity }
    const { memory, verdict } = weighDomain(known.memory, { answers: known.answers, question }, clock.now())
    if (!isSame(memory, known.memory)) store.putKnownDomain({ ...known, memory })
    return verdict
  }
}

/** Where so many domains were proven that there is no room for another, its answers are gone as soon as they came. */
const forgotten = (domain: string): DomainVerdict => ({ verdict: 'unproven', domain, reason: 'unreachable', why: 'too many domains are remembered' })

const isSame = (a: KnownDomain['memory'], b: KnownDomain['memory']): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The answers, or the signal's reason when that comes first: the lookup goes on for others. */
const orAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(toGgenError(signal.reason))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
