import { type Advice, type Block, shortIdentity } from '#core'
import type { BlockedListReply, BlockedReply, FollowedListReply, FollowedReply } from '#doors/control'
import type { SaidOpinion } from './commands/outcome.ts'
import { missingText } from './describe-staged.ts'
import { toldText } from './describe-status.ts'
import { targetLines } from './describe-targets.ts'
import type { Look } from './look.ts'
import { opinionText, subjectText } from './opinion-text.ts'
import { plainText } from './plain-text.ts'
import { momentText } from './quantities.ts'
import { type Column, tableText } from './table.ts'

const FOLLOWED: readonly Column<FollowedReply>[] = [
  { title: 'PUBLISHER', cell: ({ identity }) => shortIdentity(identity), whole: ({ identity }) => identity },
  { title: 'SINCE', cell: ({ since }) => momentText(since), whole: ({ since }) => String(since) },
  {
    title: 'KNOWN HERE',
    cell: ({ knownSince }) => (knownSince === undefined ? 'not yet' : `since ${momentText(knownSince)}`),
    whole: ({ knownSince }) => String(knownSince ?? ''),
  },
]

const BLOCKED: readonly Column<BlockedReply>[] = [
  { title: 'PUBLISHER', cell: ({ identity }) => shortIdentity(identity), whole: ({ identity }) => identity },
  { title: 'NAME', cell: ({ name }) => name ?? 'everything', whole: ({ name }) => name ?? '' },
  { title: 'SINCE', cell: ({ since }) => momentText(since), whole: ({ since }) => String(since) },
  { title: 'WHY', cell: ({ why }) => plainText(why ?? '') },
]

/** Whose word counts, as a table. */
export const followedText = ({ followed }: FollowedListReply, look: Look): string => (followed.length === 0 ? '' : tableText(followed, FOLLOWED, look))

/** That the word of a publisher counts from now on. */
export const followsText = ({ identity, knownSince }: FollowedReply, look: Look): string => {
  const unknown = knownSince === undefined ? 'nothing of it is here yet: it counts when it comes\n' : ''
  return `what ${look.bold(shortIdentity(identity))} says of others counts here from now on\n${unknown}`
}

/** That it counts no more. */
export const unfollowedText = ({ identity }: FollowedReply, look: Look): string =>
  `what ${look.bold(shortIdentity(identity))} says of others does not count here any more\n`

/** What the user blocks, as a table. */
export const blockedText = ({ blocked }: BlockedListReply, look: Look): string => (blocked.length === 0 ? '' : tableText(blocked, BLOCKED, look))

const blockedSubject = ({ identity, name }: BlockedReply, look: Look): string => subjectText(identity, name === undefined ? [] : [name], look)

/** That something is blocked. */
export const blocksText = (blocked: BlockedReply, look: Look): string =>
  `${blockedSubject(blocked, look)} is blocked: it is not installed, and nobody is given it\n`

/** That something is not blocked any more. */
export const unblockedText = (blocked: BlockedReply, look: Look): string => `${blockedSubject(blocked, look)} is not blocked by you any more\n`

/** What was said of somebody else. */
export const opinedText = (said: SaidOpinion, look: Look): string =>
  `${opinionText(said, look)}\n${missingText(said.staged, said.op)}${toldText(said.peers)}\n${targetLines(said.targets)}`

/** Who blocks something, and why. */
export const blockText = ({ by, why }: Block): string =>
  `${by === 'you' ? 'blocked by you' : `blocked by ${shortIdentity(by)}, whom you follow`}${why === undefined ? '' : `: ${plainText(why)}`}`

/** What somebody says against versions, in one line. */
export const adviceText = ({ by, range, severity, why, ref, fix }: Advice): string =>
  [
    `${severity}, says ${shortIdentity(by)} of ${plainText(range)}`,
    why === undefined ? '' : `: ${plainText(why)}`,
    ref === undefined ? '' : ` (${plainText(ref)})`,
    fix === undefined ? '' : `; repaired in ${fix}`,
  ].join('')
