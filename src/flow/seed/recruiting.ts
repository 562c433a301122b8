import { LIMITS, type PeerId } from '#core'
import type { SeedAnswer, SeedRefusal } from '#wire'

/** What became of one peer that was asked. */
type Asked =
  | { readonly state: 'asking' }
  /** It says that it will have a copy, or has one. */
  | { readonly state: 'promised'; readonly at: number }
  /** It may say something else later. */
  | { readonly state: 'later'; readonly at: number; readonly why: Reluctance }
  | { readonly state: 'never'; readonly why: Reluctance }

/** Why a peer is of no help: its own answer, no answer, or wrong bytes. */
export type Reluctance = SeedRefusal | 'silent' | 'lied'

/** Peers that do not answer are asked this often. */
const SILENT_TRIES = 2

/**
 * Whom to ask for a copy, and when to stop: no more peers than copies are missing, others in the place of those that decline or take too
 * long. Decides only; times are monotonic milliseconds.
 */
export class Recruiting {
  readonly #replicas: number
  readonly #asked = new Map<PeerId, Asked>()
  readonly #silences = new Map<PeerId, number>()
  readonly #holders = new Set<PeerId>()
  #hopelessSince: number | undefined

  constructor(replicas: number) {
    this.#replicas = replicas
  }

  /** Peers that have proven to hold it, in the order of their proofs. */
  get holders(): readonly PeerId[] {
    return [...this.#holders]
  }

  get isDone(): boolean {
    return this.#holders.size >= this.#replicas
  }

  /** Whether a peer that says it holds the archive is worth a proof. */
  isUnproven(peer: PeerId): boolean {
    const asked = this.#asked.get(peer)
    return !this.#holders.has(peer) && !(asked?.state === 'never' && asked.why === 'lied')
  }

  /** Of the connected peers, in the order given, those to ask now; each counts as asked until `answered`. */
  toAsk(connected: readonly PeerId[], now: number): readonly PeerId[] {
    const missing = this.#replicas - this.#holders.size - this.#underway(connected, now)
    const chosen = connected.filter((peer) => this.#mayAsk(peer, now)).slice(0, Math.max(0, missing))
    for (const peer of chosen) this.#asked.set(peer, { state: 'asking' })
    return chosen
  }

  /** Takes an answer; `undefined`: there was none. */
  answered(peer: PeerId, answer: SeedAnswer | undefined, now: number): void {
    this.#asked.set(peer, answer === undefined ? this.#silent(peer, now) : judge(answer, now))
  }

  proven(peer: PeerId): void {
    this.#holders.add(peer)
  }

  /** The peer named the archive as its own and gave other bytes. */
  lied(peer: PeerId): void {
    this.#asked.set(peer, { state: 'never', why: 'lied' })
  }

  /** Whether for `LIMITS.replicaHopeMs` there was nobody left who could still become a holder. To be called at every round. */
  isHopeless(connected: readonly PeerId[], now: number): boolean {
    const hope = connected.some((peer) => !this.#holders.has(peer) && this.#asked.get(peer)?.state !== 'never')
    this.#hopelessSince = hope ? undefined : (this.#hopelessSince ?? now)
    return this.#hopelessSince !== undefined && now - this.#hopelessSince >= LIMITS.replicaHopeMs
  }

  /** Peers that will not become holders as things stand, and why; and those that promised and have not shown it. */
  others(): { readonly declined: readonly { readonly peer: PeerId; readonly why: Reluctance }[]; readonly promised: readonly PeerId[] } {
    const rest = [...this.#asked].filter(([peer]) => !this.#holders.has(peer))
    return {
      declined: rest.flatMap(([peer, asked]) => ('why' in asked ? [{ peer, why: asked.why }] : [])),
      promised: rest.flatMap(([peer, { state }]) => (state === 'promised' ? [peer] : [])),
    }
  }

  /** How many of those that are there have promised lately, or are being asked. */
  #underway(connected: readonly PeerId[], now: number): number {
    return connected.filter((peer) => {
      const asked = this.#holders.has(peer) ? undefined : this.#asked.get(peer)
      return asked?.state === 'asking' || (asked?.state === 'promised' && now - asked.at < LIMITS.replicaPatienceMs)
    }).length
  }

  #mayAsk(peer: PeerId, now: number): boolean {
    const asked = this.#asked.get(peer)
    if (this.#holders.has(peer)) return false
    return asked === undefined || (asked.state === 'later' && now - asked.at >= LIMITS.replicaRetryMs)
  }

  #silent(peer: PeerId, now: number): Asked {
    const silences = (this.#silences.get(peer) ?? 0) + 1
    this.#silences.set(peer, silences)
    return silences < SILENT_TRIES ? { state: 'later', at: now, why: 'silent' } : { state: 'never', why: 'silent' }
  }
}

const judge = (answer: SeedAnswer, now: number): Asked => {
  if (answer.answer !== 'declined') return { state: 'promised', at: now }
  const { why } = answer
  return why === 'busy' || why === 'unknown-release' ? { state: 'later', at: now, why } : { state: 'never', why }
}
