import { type Clock, type DomainReport, type Evidence, GgenError, type IdentityId, isGgenError, type PackageName, shortIdentity } from '#core'
import type { DomainRecords, DomainVerdict } from '#domains'
import type { DomainProofs } from '#flow/prove'
import type { PackageViews } from '#flow/verify'
import type { TrustStore } from '#store'
import type { IdentityView } from '#trust'

export interface DomainWordsParts {
  readonly trust: TrustStore
  readonly views: PackageViews
  readonly clock: Clock
  /** Opens the way to domains when one is asked for the first time; absent: none is asked. */
  readonly openDomains?: () => Promise<DomainRecords>
}

/** What the domain of a name says, for each publisher that was asked about. */
export interface DomainWords {
  readonly evidence: ReadonlyMap<IdentityId, Evidence>
  readonly report?: DomainReport
}

export const NO_WORDS: DomainWords = Object.freeze({ evidence: new Map() })

/** Asks the domains of names. The list of public suffixes takes megabytes, so all of it is loaded only when a name looks like a domain. */
export class DomainAsker implements Disposable {
  readonly #parts: DomainWordsParts
  #proofs: Promise<DomainProofs> | undefined
  readonly #ending = new DisposableStack()

  constructor(parts: DomainWordsParts) {
    this.#parts = parts
  }

  /** What the domain of a name says of these publishers. Throws `cancelled` or `timeout` when the signal aborts. */
  ask(name: PackageName, identities: readonly IdentityId[], signal: AbortSignal): Promise<DomainWords> {
    return this.#words(name, identities, (proofs, view) => proofs.prove(name, view, signal).catch(unreachable))
  }

  /** What it said before: nobody is asked. */
  recall(name: PackageName, identities: readonly IdentityId[]): Promise<DomainWords> {
    return this.#words(name, identities, (proofs, view) => proofs.recall(name, view))
  }

  async #words(
    name: PackageName, identities: readonly IdentityId[], judge: (proofs: DomainProofs, view: IdentityView) => DomainVerdict | Promise<DomainVerdict>,
  ): Promise<DomainWords> {
    const { views, openDomains } = this.#parts
    if (openDomains === undefined || name.includes('/') || !name.includes('.')) return NO_WORDS
    const proofs = await (this.#proofs ??= this.#open(openDomains))
    const evidence = new Map<IdentityId, Evidence>()
    const reports: DomainReport[] = []
    for (const identity of identities) {
      const view = views.identity(identity)
      if (view === undefined) continue
      const verdict = await judge(proofs, view)
      const proof = evidenceOf(verdict)
      if (proof !== undefined) evidence.set(identity, proof)
      const report = reportOf(identity, verdict)
      if (report !== undefined) reports.push(report)
    }
    const [report] = reports.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
    return { evidence, ...(report !== undefined && { report }) }
  }

  [Symbol.dispose](): void {
    this.#ending.dispose()
  }

  async #open(openDomains: () => Promise<DomainRecords>): Promise<DomainProofs> {
    const { trust: store, clock } = this.#parts
    const [{ DomainProofs }, records] = await Promise.all([import('#flow/prove'), openDomains()])
    return this.#ending.use(new DomainProofs({ records, store, clock }))
  }
}

/** What says most stands first. */
const ORDER: readonly DomainReport['state'][] = ['proven', 'conflict', 'unproven', 'unreachable', 'unclaimed']

/** So many domains are being asked that this one cannot be: nothing is known of it now. */
const unreachable = (error: unknown): DomainVerdict => {
  if (!isGgenError(error, 'too-busy')) throw error
  return { verdict: 'unproven', reason: 'unreachable', why: error.message }
}

const evidenceOf = (verdict: DomainVerdict): Evidence | undefined =>
  verdict.verdict === 'proven' ? { kind: 'domain', domain: verdict.domain, via: verdict.by === 'https' ? 'https' : 'dns' } : undefined

const reportOf = (identity: IdentityId, verdict: DomainVerdict): DomainReport | undefined => {
  switch (verdict.verdict) {
    case 'proven': return { domain: verdict.domain, state: 'proven', identity, why: `names ${shortIdentity(identity)}, and is named by it` }
    case 'waiting': return { domain: verdict.domain, state: 'conflict', identity: verdict.now, why: turnText(verdict, until(verdict.until)) }
    case 'conflict': {
      const why = verdict.kind === 'rebound' ? turnText(verdict, 'the name is bound') : sourcesText(verdict)
      return { domain: verdict.domain, state: 'conflict', why }
    }
    case 'unproven': return unprovenReport(verdict)
  }
}

type Turn = { readonly before: IdentityId; readonly now: IdentityId }

const until = (moment: number): string => `that counts from ${new Date(moment).toISOString().slice(0, 10)} on, if it stays`

const turnText = ({ before, now }: Turn, rest: string): string => `named ${shortIdentity(before)} before and names ${shortIdentity(now)} now; ${rest}`

const sourcesText = ({ https, txt }: { readonly https?: IdentityId; readonly txt: IdentityId }): string =>
  `names ${https === undefined ? 'nobody' : shortIdentity(https)} over HTTPS and ${shortIdentity(txt)} in the DNS`

const unprovenReport = ({ domain, reason, why, names }: Extract<DomainVerdict, { verdict: 'unproven' }>): DomainReport | undefined => {
  const detail = why === undefined ? '' : `: ${why}`
  switch (reason) {
    case 'no-domain': return undefined
    case 'unclaimed': return { domain: named(domain), state: 'unclaimed', why: 'says nothing of these names: they are as free as plain ones' }
    case 'unreachable': return { domain: named(domain), state: 'unreachable', why: `cannot be asked now${detail}` }
    case 'record-gone': return { domain: named(domain), state: 'unproven', why: 'says nothing any more, and did before' }
    case 'not-covered': return { domain: named(domain), state: 'unproven', why: 'speaks for other names, and not for this one' }
    case 'malformed': return { domain: named(domain), state: 'unproven', why: `says something that cannot be read${detail}` }
    case 'other-identity': return { domain: named(domain), state: 'unproven', why: `names ${names === undefined ? 'somebody else' : shortIdentity(names)}` }
    case 'one-sided': return { domain: named(domain), state: 'unproven', why: 'names this publisher, which does not name the domain: ggen id domains' }
  }
}

const named = (domain: string | undefined): string => {
  if (domain === undefined) throw new GgenError('internal', 'a verdict without its domain')
  return domain
}
