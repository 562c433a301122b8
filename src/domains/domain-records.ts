import type { DomainAnswers } from '#core'

/** What domains say of themselves, asked of the domains themselves: everybody checks for himself. */
export interface DomainRecords {
  /**
   * Asks both places of a registrable domain and waits at most `LIMITS.domainLookupMs`. Whatever goes wrong on the way is `unknown` and never
   * `absent`. Rejects with `cancelled` or `timeout` when the signal aborts, and for nothing else.
   */
  ask(domain: string, signal: AbortSignal): Promise<DomainAnswers>
}
