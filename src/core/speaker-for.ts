import type { DomainClaim } from './domain.ts'

/** Whether a prefix reaches a name: `io.ggen` reaches itself and all below it. */
export const reaches = (prefix: string, name: string): boolean => name === prefix || name.startsWith(`${prefix}.`)

/** The claim that counts for a name: the one with the longest prefix that reaches it. */
export const speakerFor = <T extends DomainClaim>(claims: readonly T[], name: string): T | undefined =>
  claims.reduce<T | undefined>((best, claim) => (reaches(claim.prefix, name) && claim.prefix.length > (best?.prefix.length ?? -1) ? claim : best), undefined)
