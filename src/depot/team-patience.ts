import { NPM_LIMITS, type PeerId } from '#core'
import type { TarballReply } from './ask-batch.ts'

/**
 * Whom to wait for: a peer that installs the same may be busy with that, but one that is only slow must not slow us down for long. Decides only; times are
 * milliseconds.
 */
export class TeamPatience {
  /** Who said that something comes that never came, or gave something wrong. */
  readonly #idle = new Set<PeerId>()
  /** How often somebody took long to say that it has nothing, since it last had something; less the times that it was quick. */
  readonly #waitedInVain = new Map<PeerId, number>()
  #lastHolder: PeerId | undefined

  /** Who is asked for the bytes at once: the only one, or who had something last. */
  favourite(peers: readonly PeerId[]): PeerId | undefined {
    return peers.length === 1 ? peers[0] : this.#lastHolder
  }

  /** Whether its answer is worth more than the first moment. */
  isWorth(peer: PeerId): boolean {
    return this.believes(peer) && (this.#waitedInVain.get(peer) ?? 0) < NPM_LIMITS.waitsInVain
  }

  /** Whether something comes that it says is coming. */
  believes(peer: PeerId): boolean {
    return !this.#idle.has(peer)
  }

  /** Takes what it said after so long. One that does not answer is not waited for again until it says something good. */
  answered(peer: PeerId, reply: TarballReply, tookMs: number): void {
    const before = this.#waitedInVain.get(peer) ?? 0
    if (reply === 'silent') this.#waitedInVain.set(peer, NPM_LIMITS.waitsInVain)
    else if (reply === 'none') this.#waitedInVain.set(peer, tookMs <= NPM_LIMITS.peersMs ? Math.max(0, before - 1) : before + 1)
    else this.#waitedInVain.delete(peer)
  }

  /** It had what was looked for. */
  had(peer: PeerId): void {
    this.#lastHolder = peer
  }

  /** What it gave was wrong, or what it said is coming has not come. */
  distrust(peer: PeerId): void {
    this.#idle.add(peer)
    if (this.#lastHolder === peer) this.#lastHolder = undefined
  }

  /** Whoever is not connected any more begins anew when it comes back. */
  forgetAllBut(connected: ReadonlySet<PeerId>): void {
    for (const kept of [this.#idle, this.#waitedInVain]) for (const gone of kept.keys()) if (!connected.has(gone)) kept.delete(gone)
    if (this.#lastHolder !== undefined && !connected.has(this.#lastHolder)) this.#lastHolder = undefined
  }
}

/**
 * How long until the next look at an archive that somebody is fetching, after so many looks in so many milliseconds: the longer it takes, the more rarely.
 * `undefined`: it does not come.
 */
export const untilNextLook = (looks: number, waitedMs: number): number | undefined =>
  waitedMs >= NPM_LIMITS.comingMs ? undefined : Math.min(NPM_LIMITS.comingAgainMs * 2 ** looks, NPM_LIMITS.comingAgainMostMs)
