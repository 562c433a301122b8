import {
  type Block, type DomainReport, GgenError, type IdentityId, lookAlikeText, type NameClaim, type NameVerdict, type PackageName, shortIdentity, type TrustReport,
} from '#core'

/**
 * Whose package an install of this name takes; `undefined` where nobody publishes under it. `firstUse` says what to do where there is one publisher and
 * nothing speaks for it. Throws `name-unverified`, `name-unproven`, `name-contested`, `identity-changed`, and `denied` for one that is blocked.
 */
export const installedPublisher = (report: TrustReport, firstUse: 'ask' | 'accept'): IdentityId | undefined => {
  const { name, verdict, domain } = report
  if (domain !== undefined && contradicts(domain) && !outweighsDomain(verdict)) throw unproven(name, domain)
  switch (verdict.outcome) {
    case 'trusted': return verdict.identity
    case 'unknown': return undefined
    case 'unverified': {
      if (firstUse === 'accept') return verdict.identity
      throw unverified(report, verdict.identity)
    }
    case 'contested': throw contested(report)
    case 'changed': throw changed(name, verdict)
    case 'blocked': throw blocked(name, verdict)
  }
}

/** Whose package is shown where somebody asks for this name: also one that may not be installed. Throws `name-contested`. */
export const shownPublisher = (report: TrustReport): IdentityId | undefined => {
  const { verdict } = report
  switch (verdict.outcome) {
    case 'unknown': return undefined
    case 'contested': throw contested(report)
    case 'changed': return verdict.pinned
    case 'trusted': case 'unverified': case 'blocked': return verdict.identity
  }
}

/** A domain that speaks, and for nobody here: what is weaker than a domain does not help then. */
const contradicts = ({ state }: DomainReport): boolean => state === 'unproven' || state === 'conflict'

const outweighsDomain = (verdict: NameVerdict): boolean =>
  verdict.outcome === 'changed' || verdict.outcome === 'unknown' || (verdict.outcome === 'trusted' && verdict.evidence.kind !== 'endorsed')

const unproven = (name: PackageName, { domain, why }: DomainReport): GgenError =>
  new GgenError('name-unproven', `${name} belongs to whom ${domain} names, and ${domain} ${why}`, {
    hint: `see more with: ggen trust why ${name}; or name the publisher: ggen install @IDENTITY/${name}`,
    details: { name, domain },
  })

const unverified = ({ name, lookAlikes = [] }: TrustReport, identity: IdentityId): GgenError => {
  const message = `${name} is published by ${shortIdentity(identity)}, and nothing that you trust says that this is its author`
  return new GgenError('name-unverified', [message, ...lookAlikes.map((alike) => `it ${lookAlikeText(alike)}`)].join('; '), {
    hint: `see who it is: ggen trust why ${name}; then install it with --trust ${identity}`,
    details: { name, identity, ...(lookAlikes.length > 0 && { lookAlikes }) },
  })
}

const EVIDENCE = { domain: 'named by the domain', endorsed: 'vouched for by publishers you follow' } as const

/** Who claims a name, and what speaks for it and against it. */
const claimText = ({ identity, evidence, blocked }: NameClaim): string => {
  const words = evidence.flatMap(({ kind }) => (kind === 'domain' || kind === 'endorsed' ? EVIDENCE[kind] : []))
  const reasons = [...words, ...(blocked === undefined ? [] : ['you are warned of it'])].join(', ')
  return reasons === '' ? shortIdentity(identity) : `${shortIdentity(identity)} (${reasons})`
}

const contested = ({ name, claims, claimCount, lookAlikes = [] }: TrustReport): GgenError => {
  const more = claimCount > claims.length ? [`${claimCount - claims.length} more`] : []
  const message = `${name} is claimed by ${claimCount} publishers and you have not chosen one: ${[...claims.map(claimText), ...more].join(', ')}`
  return new GgenError('name-contested', [message, ...lookAlikes.map((one) => `it ${lookAlikeText(one)}`)].join('; '), {
    hint: `choose one: ggen install @${claims[0]?.identity ?? 'IDENTITY'}/${name}`,
    details: { name, identities: claims.map(({ identity }) => identity), ...(lookAlikes.length > 0 && { lookAlikes }) },
  })
}

const SOURCES: Readonly<Record<string, string>> = { locked: 'ggen.lock names', chosen: 'you named', namespace: 'the configuration names' }

const changed = (name: PackageName, { pinned, other, evidence }: Extract<NameVerdict, { outcome: 'changed' }>): GgenError =>
  new GgenError('identity-changed', `${name} is bound to ${pinned}, and ${SOURCES[evidence.kind] ?? 'something names'} ${other}`, {
    hint: `ask its author; if ${shortIdentity(other)} is right: ggen trust add ${other} --name ${name}`,
    details: { name, pinned, other },
  })

/** The refusal of a publisher that is blocked. */
export const blocked = (name: PackageName, { identity, block }: { readonly identity: IdentityId; readonly block: Block }): GgenError => {
  const who = block.by === 'you' ? 'you' : shortIdentity(block.by)
  return new GgenError('denied', `${name} of ${shortIdentity(identity)} is blocked by ${who}${block.why === undefined ? '' : `: ${block.why}`}`, {
    hint: `see why with: ggen trust why ${name}`,
    details: { name, identity, by: block.by },
  })
}
