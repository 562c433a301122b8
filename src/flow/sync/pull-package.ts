import { type IdentityId, LIMITS, type PackageName, type PeerId } from '#core'
import { decodeFeedOps } from '#wire'
import { askFeed, type FeedParts } from './ask-feed.ts'
import { Intake, type IntakeParts } from './intake.ts'

export type PullParts = IntakeParts & FeedParts

/**
 * Brings one identity's chain and one package's ops from a peer. Resolves to the number of ops added. Throws what asking throws, and
 * `op-invalid` when the peer sends what no honest node sends.
 */
export const pullPackage = async (
  parts: PullParts, peer: PeerId, what: { readonly identity: IdentityId; readonly name: PackageName | undefined; readonly signal: AbortSignal },
): Promise<number> => {
  const { identity, name, signal } = what
  const intake = new Intake(parts)
  for (let skip = 0; ; skip += LIMITS.feedOps) {
    const answer = decodeFeedOps(await askFeed(parts, peer, { question: { ask: 'package', identity, name, skip }, signal }))
    await intake.take(answer.ops, { signal })
    if (!answer.more || answer.ops.length === 0) return intake.added
  }
}
