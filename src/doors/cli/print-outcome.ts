import type { BansReply } from '#doors/control'
import { isUpToDate, type Outcome } from './commands/outcome.ts'
import { lockedText, unlockedText } from './describe-agent.ts'
import { allowedText, bannedText, bansText, connectedText, disallowedText, unbannedText } from './describe-bans.ts'
import { bundleOutcomeText } from './describe-bundle.ts'
import { ciOutcomeText } from './describe-ci.ts'
import { configPathText, configReadText, settingsRemark, settingsText } from './describe-config.ts'
import { diagnosisText } from './describe-diagnosis.ts'
import { blockedText, blocksText, followedText, followsText, opinedText, unblockedText, unfollowedText } from './describe-following.ts'
import { foundRemark, foundText } from './describe-hits.ts'
import { identityText, packedText } from './describe-identity.ts'
import { importText, packsText } from './describe-import.ts'
import { limitsText } from './describe-limits.ts'
import { missedRemark, newsText } from './describe-news.ts'
import { invitedRemark, invitedText, joinedText, leftText } from './describe-network.ts'
import { npmOutcomeText } from './describe-npm.ts'
import { eventText, peersText, readyText, statusText } from './describe-node.ts'
import { listText, packageText, receiptText } from './describe-packages.ts'
import { pinnedText, pinsText, unpinnedText } from './describe-pins.ts'
import { cacheOutcomeText } from './describe-cache.ts'
import { madeText, revokedText, servingText, tokensText } from './describe-registry.ts'
import { saidText } from './describe-status.ts'
import { sourcesRemark, sourcesText } from './describe-sources.ts'
import { approvedText, stagedRemark, stagedText, toApproveText } from './describe-staged.ts'
import { alikeText, boundText, reportText, trustedText, unboundText } from './describe-trust.ts'
import { installedText, leftRemark, outdatedText, removedText, updatesText, verifiedText, wouldText } from './describe-projects.ts'
import type { Look } from './look.ts'

/** Text for people: the result, and what is worth saying beside it. */
export interface HumanText {
  /** For stdout; ends with a line break unless it is empty. */
  readonly result: string
  /** For stderr: one line or more, without the last line break. */
  readonly remark?: string
}

const withRemark = (result: string, remark: string | undefined): HumanText => ({ result, ...(remark !== undefined && { remark }) })

const UP_TO_DATE = 'everything is as new as it can be'

const NOTHING_INSTALLED = 'nothing is installed here'

const isEmpty = ({ bans, allowed }: BansReply): boolean => bans.length + allowed.length === 0

/** What people see of an outcome: the one place where results become text. */
export const humanText = (outcome: Outcome, look: Look): HumanText => {
  switch (outcome.kind) {
    case 'ready': return { result: readyText(outcome.value, outcome.detachedLogPath, look) }
    case 'serving': return { result: servingText(outcome.value, look) }
    case 'token-made': return { result: madeText(outcome.value, look) }
    case 'tokens': return withRemark(tokensText(outcome.value.tokens, look), outcome.value.tokens.length === 0 ? 'there are no tokens' : undefined)
    case 'token-revoked': return { result: revokedText(outcome.value, look) }
    case 'event': return withRemark('', eventText(outcome.value))
    case 'bundled': case 'bundle-taken': return bundleOutcomeText(outcome, look)
    case 'npm': case 'npm-token': case 'npm-report': case 'npm-probe': case 'npm-warmed': case 'npm-set-up': case 'npm-taken-out':
    case 'npm-kept': case 'npm-kept-list': case 'npm-unkept': case 'ran': return npmOutcomeText(outcome, look)
    case 'ci-started': case 'ci-stopped': return ciOutcomeText(outcome, look)
    case 'stopped': return { result: 'the node has stopped\n' }
    case 'status': return { result: statusText(outcome.value, look) }
    case 'limits': return { result: limitsText(outcome.value, look) }
    case 'peers': return withRemark(peersText(outcome.value, look), outcome.value.length === 0 ? 'no peers yet' : undefined)
    case 'invited': return withRemark(invitedText(outcome.value), invitedRemark(outcome.value))
    case 'joined': return { result: joinedText(outcome.value) }
    case 'left': return { result: leftText(outcome.value) }
    case 'connected': return { result: connectedText(outcome.value.connected, look) }
    case 'banned': return { result: bannedText(outcome.value, look) }
    case 'unbanned': return { result: unbannedText(outcome.value, look) }
    case 'allowed': return { result: allowedText(outcome.value, look) }
    case 'disallowed': return { result: disallowedText(outcome.value, look) }
    case 'bans': return withRemark(bansText(outcome.value, look), isEmpty(outcome.value) ? 'nobody is banned, nobody is on the allow list' : undefined)
    case 'published': return { result: receiptText(outcome.value, look) }
    case 'lock-verified': return { result: packsText(outcome.value, look) }
    case 'imported': return { result: importText(outcome.value, look) }
    case 'said': return { result: saidText(outcome.value, look) }
    case 'staged': return withRemark(stagedText(outcome.value, look), stagedRemark(outcome.value))
    case 'to-approve': return { result: toApproveText(outcome.value, look) }
    case 'approved': return { result: approvedText(outcome.value, look) }
    case 'opined': return { result: opinedText(outcome.value, look) }
    case 'followed': return withRemark(followedText(outcome.value, look), outcome.value.followed.length === 0 ? 'you follow nobody' : undefined)
    case 'follows': return { result: followsText(outcome.value, look) }
    case 'unfollowed': return { result: unfollowedText(outcome.value, look) }
    case 'blocked': return withRemark(blockedText(outcome.value, look), outcome.value.blocked.length === 0 ? 'you have blocked nothing' : undefined)
    case 'blocks': return { result: blocksText(outcome.value, look) }
    case 'unblocked': return { result: unblockedText(outcome.value, look) }
    case 'trusted': return withRemark(trustedText(outcome.value, look), outcome.value.names.length === 0 ? 'no name is bound yet' : undefined)
    case 'bound': return { result: boundText(outcome.value, look) }
    case 'unbound': return { result: unboundText(outcome.value, look) }
    case 'explained': return { result: reportText(outcome.value, look) }
    case 'alike': return { result: alikeText(outcome.value, look) }
    case 'pinned': return { result: pinnedText(outcome.value, look) }
    case 'unpinned': return { result: unpinnedText(outcome.value, look) }
    case 'pins': return withRemark(pinsText(outcome.value, look), outcome.value.pins.length === 0 ? 'nothing is pinned' : undefined)
    case 'found': return withRemark(foundText(outcome.value, look), foundRemark(outcome.value))
    case 'news': return outcome.value.type === 'missed' ? withRemark('', missedRemark(outcome.value)) : { result: newsText(outcome.value, look) }
    case 'examined': return { result: diagnosisText(outcome.value, look) }
    case 'described': return { result: packageText(outcome.value, look) }
    case 'sources': return withRemark(sourcesText(outcome.value, look), sourcesRemark(outcome.value))
    case 'installed': return withRemark(installedText(outcome.value, look), leftRemark(outcome.value))
    case 'planned': return withRemark(wouldText(outcome.value, look), leftRemark(outcome.value))
    case 'updates': return withRemark(updatesText(outcome.value, look), isUpToDate(outcome.value) ? UP_TO_DATE : undefined)
    case 'outdated': return withRemark(outdatedText(outcome.value.outdated, look), outcome.value.outdated.length === 0 ? UP_TO_DATE : undefined)
    case 'removed': return { result: removedText(outcome.value.removed, look) }
    case 'verified': return withRemark(verifiedText(outcome.value.packages, look), outcome.value.packages.length === 0 ? NOTHING_INSTALLED : undefined)
    case 'cache': case 'cache-cleared': case 'cache-checked': return { result: cacheOutcomeText(outcome, look) }
    case 'identity': return { result: identityText(outcome.value, look) }
    case 'packed': return { result: packedText(outcome.value, look) }
    case 'unlocked': return { result: unlockedText(outcome.value, look) }
    case 'locked': return { result: lockedText(outcome.value) }
    case 'settings': return withRemark(settingsText(outcome.value, look, outcome.withOrigin), settingsRemark(outcome.value))
    case 'config-read': return withRemark(configReadText(outcome.value), settingsRemark(outcome.value))
    case 'config-path': return { result: configPathText(outcome.value, look) }
    case 'listed': return withRemark(listText(outcome.value.packages, look), outcome.value.packages.length === 0 ? NOTHING_INSTALLED : undefined)
  }
}
