import { type Evidence, lookAlikeText, type NameClaim, type NameVerdict, type PinOrigin, shortIdentity, type TrustReport } from '#core'
import type { TrustedNameReply, TrustReply } from '#doors/control'
import { adviceText, blockText } from './describe-following.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText } from './quantities.ts'
import { type Column, tableText } from './table.ts'

const ORIGINS: Readonly<Record<PinOrigin, string>> = {
  'first-use': 'accepted at the first install', chosen: 'you chose it', lock: 'the lock file named it', namespace: 'the configuration named it',
  domain: 'its domain named it', endorsed: 'publishers you follow vouched for it', own: 'published from here',
}

const COLUMNS: readonly Column<TrustedNameReply>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'PUBLISHER', cell: ({ identity }) => shortIdentity(identity), whole: ({ identity }) => identity },
  { title: 'SINCE', cell: ({ since }) => momentText(since), whole: ({ since }) => String(since) },
  { title: 'WHY', cell: ({ how }) => ORIGINS[how], whole: ({ how }) => how },
]

/** The names that are bound, as a table. */
export const trustedText = ({ names }: TrustReply, look: Look): string => (names.length === 0 ? '' : tableText(names, COLUMNS, look))

/** A name that was bound just now. */
export const boundText = ({ name, identity }: TrustedNameReply, look: Look): string =>
  `${look.bold(name)} means the package of ${shortIdentity(identity)} from now on\n`

/** A name that was let go. */
export const unboundText = ({ name, identity }: TrustedNameReply, look: Look): string =>
  `${look.bold(name)} is not bound to ${shortIdentity(identity)} any more: the next install decides anew\n`

const evidenceText = (evidence: Evidence): string => {
  switch (evidence.kind) {
    case 'pinned': return `bound here since ${momentText(evidence.since)}: ${ORIGINS[evidence.how]}`
    case 'locked': return 'named by ggen.lock'
    case 'chosen': return 'chosen by you now'
    case 'namespace': return `named by the configuration for ${plainText(evidence.pattern)}`
    case 'domain': return `named by ${plainText(evidence.domain)} (${evidence.via === 'https' ? 'over HTTPS' : 'in the DNS'}), and names that domain itself`
    case 'endorsed': return `vouched for by ${evidence.by.map(shortIdentity).join(', ')}, whom you follow`
  }
}

const claimText = ({ identity, evidence, blocked, advice = [], knownSince, mirror }: NameClaim, look: Look): string => {
  const known = knownSince === undefined ? 'not known here' : `known here since ${momentText(knownSince)}`
  const reasons = evidence.length === 0 ? ['nothing speaks for it'] : evidence.map(evidenceText)
  const copied = mirror === undefined ? [] : [`a mirror of ${plainText(mirror.of)}: it vouches for the bytes, and not for who wrote them`]
  const lines = [known, ...copied, ...reasons, ...(blocked === undefined ? [] : [look.red(blockText(blocked))]), ...advice.map(adviceText)]
  return `  ${look.bold(shortIdentity(identity))}  ${identity}\n${lines.map((line) => `    ${line}\n`).join('')}`
}

const verdictText = (verdict: NameVerdict): string => {
  switch (verdict.outcome) {
    case 'trusted': return `means the package of ${shortIdentity(verdict.identity)}`
    case 'unverified': return `is published by ${shortIdentity(verdict.identity)} alone, and nothing that you trust says that this is its author`
    case 'contested': return 'is claimed by several publishers, and nothing tells them apart: you have to choose'
    case 'changed': return `is bound to ${shortIdentity(verdict.pinned)}, and something else names ${shortIdentity(verdict.other)}: you have to choose`
    case 'blocked': return `is not installed: ${shortIdentity(verdict.identity)} is blocked`
    case 'unknown': return 'is unknown here: nobody publishes under it'
  }
}

/** What a name can be taken for, a line for each. */
export const alikeText = ({ name, lookAlikes }: Required<Pick<TrustReport, 'name' | 'lookAlikes'>>, look: Look): string =>
  lookAlikes.map((alike) => `${look.red('WARNING')}: ${plainText(`${name} ${lookAlikeText(alike)}`)}\n`).join('')

/** The whole chain of evidence, in plain words. */
export const reportText = ({ name, verdict, claims, claimCount, domain, lookAlikes = [] }: TrustReport, look: Look): string => {
  const more = claimCount > claims.length ? [`  … and ${count(claimCount - claims.length, 'more publisher')}\n`] : []
  const said = domain === undefined ? [] : [`\n  ${plainText(domain.domain)}: ${plainText(domain.why)}\n`]
  const list = claims.map((claim) => `\n${claimText(claim, look)}`)
  const warned = lookAlikes.length === 0 ? [] : ['\n', alikeText({ name, lookAlikes }, look)]
  return [`${look.bold(name)} ${verdictText(verdict)}\n`, ...list, ...more, ...said, ...warned].join('')
}
