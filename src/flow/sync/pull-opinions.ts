import { GgenError, type IdentityId, LIMITS, type OpId, type PeerId } from '#core'
import type { Catalogue } from '#store'
import { decodeOpinionsAnswer, encodeOpinionsQuestion } from '#wire'
import { Intake } from './intake.ts'
import { pullOps } from './pull-ops.ts'
import type { PullParts } from './pull-package.ts'

export type OpinionParts = PullParts & { readonly catalogue: Catalogue }

export interface OpinionsWanted {
  readonly identity: IdentityId
  /** Where this peer was left the last time; 0: from the beginning. */
  readonly after: number
  /** What is here of it and lacks signatures: comparing ids does not show who has more of them. */
  readonly waiting: readonly OpId[]
  readonly signal: AbortSignal
}

/**
 * Brings what a peer has of an identity's own chain and of what that says of others, and is not here: nothing is believed because the peer lists it. Resolves
 * to where to go on with this peer the next time. Throws what asking throws, `frame-invalid` when the peer answers with something else, and `op-invalid` when
 * it sends what no honest node sends; what came by then is kept.
 */
export const pullOpinions = async (parts: OpinionParts, peer: PeerId, { identity, after, waiting, signal }: OpinionsWanted): Promise<number> => {
  const { catalogue, clock, network } = parts
  const intake = new Intake(parts)
  const isHere = (id: OpId): boolean => catalogue.opBytes(id) !== undefined
  let [next, settled] = [after, after]
  for (let pages = 0; pages < LIMITS.opinionPages; pages += 1) {
    const bounded = AbortSignal.any([signal, clock.timeout(LIMITS.askTimeoutMs)])
    const question = encodeOpinionsQuestion({ identity, after: next })
    const { ids, last } = decodeOpinionsAnswer(await network.ask(peer, '/ggen/opinions/1', question, bounded))
    if (last === next && ids.length === 0) break
    if (last <= next) throw new GgenError('frame-invalid', 'a list of opinions that does not go on')
    await pullOps(parts, peer, { ids: ids.filter((id) => !isHere(id)), of: identity, intake, signal })
    await intake.retry(signal)
    // What did not come, or may not be taken in yet, is asked for again.
    if (settled === next && ids.every(isHere)) settled = last
    next = last
  }
  await pullOps(parts, peer, { ids: waiting, of: identity, intake, signal })
  return settled
}
