import type { BandwidthLimits, Clock, Giver, Urgency } from '#core'
import { Gate } from './gate.ts'
import type { DirectionLimits } from './turnstile.ts'

/** As seen from this node. */
export type Direction = 'up' | 'down'

/** Bytes per second in the last seconds. */
export interface Rates {
  readonly up: number
  readonly down: number
}

/**
 * One party to the bandwidth: all lanes of one urgency that want to go at the same time get the same, however many peers and requests each
 * has and however large its chunks are. Nothing has to be released.
 */
export interface Lane {
  /**
   * To be asked before bytes go to a peer, or right after they came and before more are read. `undefined`: at once. Rejects with the
   * signal's reason, and with `too-busy` when too many wait. What is asked for goes as a whole and is paid off before the next: large
   * chunks make a low limit stutter, 64 KiB at the lowest one pause for eight seconds.
   */
  readonly take: (peer: Giver, bytes: number, signal: AbortSignal) => Promise<void> | undefined
}

const limitsOf = (limits: BandwidthLimits, direction: Direction): DirectionLimits => ({
  ...(limits[direction] !== undefined && { node: limits[direction] }),
  ...(limits.perPeer !== undefined && { perPeer: limits.perPeer }),
})

/** How fast bytes may go: limits of the whole node and of each peer, in each direction, shared fairly. Without limits it only counts. */
export class Bandwidth {
  #limits: BandwidthLimits
  readonly #gates: Readonly<Record<Direction, Gate>>

  /** Limits are bytes per second, more than 0. */
  constructor(clock: Clock, limits: BandwidthLimits = {}) {
    this.#limits = limits
    this.#gates = { up: new Gate(clock, limitsOf(limits, 'up')), down: new Gate(clock, limitsOf(limits, 'down')) }
  }

  limits(): BandwidthLimits {
    return this.#limits
  }

  /** Holds at once, also for those who wait. */
  setLimits(limits: BandwidthLimits): void {
    this.#limits = limits
    this.#gates.up.setLimits(limitsOf(limits, 'up'))
    this.#gates.down.setLimits(limitsOf(limits, 'down'))
  }

  rates(): Rates {
    return { up: this.#gates.up.rate(), down: this.#gates.down.rate() }
  }

  lane(direction: Direction, urgency: Urgency): Lane {
    const gate = this.#gates[direction]
    const queue = { urgency, turns: [], start: 0, finish: 0 }
    return { take: (peer, bytes, signal) => gate.take(queue, { peer, bytes, signal }) }
  }
}
