import { LIMITS, type PeerId } from '#core'

/** Peers that gave wrong bytes, whether they could be banned for it or not. Bounded; the oldest are forgotten first. */
export class Liars {
  readonly #untilMs = new Map<PeerId, number>()

  note(peer: PeerId, nowMs: number): void {
    this.#untilMs.delete(peer)
    this.#untilMs.set(peer, nowMs + LIMITS.liarRestMs)
    const [oldest] = this.#untilMs.keys()
    if (this.#untilMs.size > LIMITS.bans && oldest !== undefined) this.#untilMs.delete(oldest)
  }

  covers(peer: PeerId, nowMs: number): boolean {
    return (this.#untilMs.get(peer) ?? 0) > nowMs
  }
}
