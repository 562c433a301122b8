import { type Clock, type FreshnessEvidence, LIMITS, type PeerId } from '#core'

interface Comparison {
  readonly network: string | undefined
  /** By both clocks: the one may be set, the other stands still while the machine sleeps. */
  readonly wall: number
  readonly monotonic: number
}

type Time = Pick<Clock, 'now' | 'monotonic'>

/**
 * With whom the whole catalogue was compared within `LIMITS.freshnessMs`: who shows a node an old world must be all of them. Bounded; where there is no
 * room, the oldest of the network with most of them goes, so that one with many names pushes out only itself.
 */
export class Comparisons {
  readonly #clock: Time
  /** Oldest first. */
  readonly #made = new Map<PeerId, Comparison>()

  constructor(clock: Time) {
    this.#clock = clock
  }

  /** A comparison with a peer came to its end. `network`: as `networkOf` says it, where that is known. */
  note(peer: PeerId, network: string | undefined): void {
    this.#made.delete(peer)
    this.#made.set(peer, { network, wall: this.#clock.now(), monotonic: this.#clock.monotonic() })
    if (this.#made.size <= LIMITS.comparedPeers) return
    this.#forgetOld()
    if (this.#made.size > LIMITS.comparedPeers) this.#forgetOfLargest()
  }

  /** What they and the newest record say. `newestOpAt`: Unix seconds. */
  evidence(newestOpAt: number | undefined): FreshnessEvidence {
    this.#forgetOld()
    const peers = this.#made.size
    const networks = this.#networkSizes().size
    if (newestOpAt === undefined) return { peers, networks, proven: false }
    const ageMs = Math.max(0, this.#clock.now() - newestOpAt * 1000)
    const proven = peers >= LIMITS.freshnessPeers && networks >= LIMITS.freshnessNetworks && ageMs <= LIMITS.freshnessMs
    return { peers, networks, newestOpAt, newestOpAgeSeconds: Math.floor(ageMs / 1000), proven }
  }

  #networkSizes(): Map<string, number> {
    const sizes = new Map<string, number>()
    for (const { network } of this.#made.values()) if (network !== undefined) sizes.set(network, (sizes.get(network) ?? 0) + 1)
    return sizes
  }

  #forgetOld(): void {
    const [now, monotonic] = [this.#clock.now(), this.#clock.monotonic()]
    for (const [peer, made] of this.#made) {
      if (Math.max(now - made.wall, monotonic - made.monotonic) > LIMITS.freshnessMs) this.#made.delete(peer)
    }
  }

  #forgetOfLargest(): void {
    const unknown = [...this.#made.values()].filter(({ network }) => network === undefined).length
    const sizes: readonly (readonly [string | undefined, number])[] = [[undefined, unknown], ...this.#networkSizes()]
    const [largest] = sizes.reduce((most, one) => (one[1] > most[1] ? one : most))
    const oldest = [...this.#made].find(([, { network }]) => network === largest)
    if (oldest !== undefined) this.#made.delete(oldest[0])
  }
}
