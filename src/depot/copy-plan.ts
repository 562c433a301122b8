import { NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import { rankOf } from './team.ts'

/** What is known of the copies of one archive when somebody has just looked. Times are monotonic milliseconds. */
export interface CopyState {
  readonly sha512: Sha512
  /** Copies that are wanted. */
  readonly replicas: number
  /** Who has just said that it keeps it, or is fetching it. */
  readonly here: readonly PeerId[]
  /** When each said last that it keeps it. */
  readonly seen: ReadonlyMap<PeerId, number>
  /** Keepers may be away of whom nothing is known here. */
  readonly isPatient: boolean
}

/** What is to be done about one archive. */
export interface CopyPlan {
  readonly sha512: Sha512
  /** Who is asked to go on. */
  readonly again: readonly PeerId[]
  /** How many others are asked. */
  readonly newcomers: number
}

/** How many copies count: a keeper that was seen lately will be back. Pure. */
export const countCopies = (seen: ReadonlyMap<PeerId, number>, now: number): number =>
  seen.values().reduce((count, at) => count + (now - at < NPM_LIMITS.keeperAwayMs ? 1 : 0), 0)

/** Who is asked to keep an archive. More copies than are wanted are not asked for again, always the same ones, and end by themselves. Pure. */
export const planCopies = ({ sha512, replicas, here, seen, isPatient }: CopyState, now: number): CopyPlan => {
  const again = here.length <= replicas ? here : firstFor(sha512, here, replicas)
  const away = countCopies(new Map([...seen].filter(([peer]) => !here.includes(peer))), now)
  return { sha512, again, newcomers: isPatient ? 0 : Math.max(0, replicas - here.length - away) }
}

/** So many of some peers: the same ones each time, and others for each archive. Pure. */
export const firstFor = (sha512: Sha512, peers: readonly PeerId[], count: number): readonly PeerId[] =>
  peers.map((peer) => ({ peer, rank: rankOf(peer, sha512) })).toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, count).map(({ peer }) => peer)

/** How many others keep the archive that the fewest keep, and the share of archives that as many keep as are wanted, in [0, 1]. */
export interface CopyHealth {
  readonly lowest: number
  readonly share: number
}

/** How many copies there are of each archive, in two numbers. Pure. */
export const copyHealth = (counts: readonly number[], replicas: number): CopyHealth => ({
  lowest: counts.length === 0 ? 0 : counts.reduce((least, count) => Math.min(least, count)),
  share: counts.length === 0 ? 1 : counts.filter((count) => count >= replicas).length / counts.length,
})
