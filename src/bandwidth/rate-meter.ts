const SLOT_MS = 500
const SLOTS = 6

/** How fast bytes went in the last three seconds. Times are monotonic milliseconds. */
export class RateMeter {
  readonly #slots = new Float64Array(SLOTS)
  readonly #startedAt: number
  /** Number of the slot that counts now, since the clock began. */
  #slot: number

  constructor(now: number) {
    this.#startedAt = now
    this.#slot = Math.floor(now / SLOT_MS)
  }

  add(bytes: number, now: number): void {
    this.#turn(now)
    const slot = this.#slot % SLOTS
    this.#slots[slot] = (this.#slots[slot] ?? 0) + bytes
  }

  /** Bytes per second, a whole number. */
  perSecond(now: number): number {
    this.#turn(now)
    const shownMs = Math.min((SLOTS - 1) * SLOT_MS + (now % SLOT_MS), now - this.#startedAt)
    const bytes = this.#slots.reduce((sum, slot) => sum + slot, 0)
    return Math.round((bytes * 1000) / Math.max(SLOT_MS, shownMs))
  }

  /** Forgets the slots that are over. */
  #turn(now: number): void {
    const slot = Math.floor(now / SLOT_MS)
    if (slot === this.#slot) return
    const over = Math.min(SLOTS, slot - this.#slot)
    for (let index = 1; index <= over; index++) this.#slots[(this.#slot + index) % SLOTS] = 0
    this.#slot = slot
  }
}
