const BURST_MS = 100
/**
 * After more went than was there, nothing goes for at least so long, and then as much as that was worth: a high limit would otherwise wake everybody
 * for each chunk, which costs several times what sending it does.
 */
const PAUSE_MS = 10
/** Rounding must not cost a whole turn of the clock. */
const HALF_A_BYTE = 0.5

/**
 * Bytes that may go now: refilled at a rate, never more than 100 ms of it, and below zero while what went is paid off. A chunk goes as a
 * whole as soon as nothing is owed and the pause is over, so over any time no more goes than rate × time + 100 ms of the rate + one chunk.
 * Times are monotonic milliseconds, rates bytes per second.
 */
export class Bucket {
  #rate: number
  #level: number
  #at: number
  /** Closed until then, whatever is owed. */
  #pausedUntil = -Infinity

  constructor(rate: number, now: number) {
    this.#rate = rate
    this.#level = this.#burst
    this.#at = now
  }

  /** A higher rate pays off what is owed sooner; a lower one must not make anybody wait longer for what went before. */
  setRate(rate: number, now: number): void {
    this.#refill(now)
    if (this.#level < 0) this.#level *= Math.min(1, rate / this.#rate)
    this.#rate = rate
    this.#level = Math.min(this.#level, this.#burst)
  }

  isOpen(now: number): boolean {
    this.#refill(now)
    return this.#level > -HALF_A_BYTE && now >= this.#pausedUntil
  }

  /** It is as if nothing had ever gone. */
  isFull(now: number): boolean {
    this.#refill(now)
    return this.#level === this.#burst
  }

  spend(bytes: number, now: number): void {
    this.#refill(now)
    this.#level -= bytes
    if (this.#level < 0) this.#pausedUntil = now + PAUSE_MS
  }

  /** Milliseconds until it is open; 0 when it is. */
  waitMs(now: number): number {
    return this.isOpen(now) ? 0 : Math.ceil(Math.max((-this.#level / this.#rate) * 1000, this.#pausedUntil - now))
  }

  get #burst(): number {
    return (this.#rate * BURST_MS) / 1000
  }

  #refill(now: number): void {
    this.#level = Math.min(this.#burst, this.#level + (this.#rate * Math.max(0, now - this.#at)) / 1000)
    this.#at = now
  }
}
