import type { Digest } from '#core'

/** Something that may be dropped for room. */
export interface Evictable {
  readonly digest: Digest
  readonly kind: 'blob' | 'partial'
  readonly sizeBytes: number
  /** Unix milliseconds of its last use. */
  readonly usedAt: number
}

export interface Eviction {
  /** What to drop, in that order. */
  readonly victims: readonly Evictable[]
  /** What else there is, used longest ago first. */
  readonly others: readonly Evictable[]
}

/**
 * Decides what goes so that `neededBytes` become free: of what may go, what was used longest ago, and no more than it takes. `undefined`
 * when all of it together would not be enough: then nothing goes in vain.
 */
export const chooseVictims = (
  candidates: readonly Evictable[], neededBytes: number, mayGo: (candidate: Evictable) => boolean,
): Eviction | undefined => {
  const oldestFirst = [...candidates].sort((a, b) => a.usedAt - b.usedAt)
  const victims: Evictable[] = []
  const others: Evictable[] = []
  let freedBytes = 0
  for (const candidate of oldestFirst) {
    const isVictim = freedBytes < neededBytes && candidate.sizeBytes > 0 && mayGo(candidate)
    if (isVictim) freedBytes += candidate.sizeBytes
    if (isVictim) victims.push(candidate)
    else others.push(candidate)
  }
  return freedBytes < neededBytes ? undefined : { victims, others }
}
