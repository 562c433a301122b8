import type { IdentityId } from '#core'
import type { Publisher } from '#store'

export interface Excess {
  /** How much must go. */
  readonly bytes: number
  /** Own, pinned or followed. Asked as seldom as possible. */
  readonly isDear: (identity: IdentityId) => boolean
}

/**
 * Whose envelopes are dropped for room: of publishers, newest known first, as many as it takes, and nobody who is dear. A flood is new, and what
 * has been here for long is what people use; so whoever floods pushes out itself.
 */
export const chooseDropped = (newestFirst: Iterable<Pick<Publisher, 'identity' | 'bytes'>>, { bytes, isDear }: Excess): readonly IdentityId[] => {
  const chosen: IdentityId[] = []
  let excess = bytes
  for (const publisher of newestFirst) {
    if (excess <= 0) break
    if (isDear(publisher.identity)) continue
    chosen.push(publisher.identity)
    excess -= publisher.bytes
  }
  return chosen
}
