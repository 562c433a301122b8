import { type Clock, FINISHED, GgenError, LIMITS, type Giver } from '#core'
import { RateMeter } from './rate-meter.ts'
import { type DirectionLimits, type Queue, type Turn, Turnstile } from './turnstile.ts'

class WaitingTurn implements Turn {
  readonly peer: Giver
  readonly bytes: number
  hasPassed = false
  /** Set when somebody waits for it. */
  wake: (() => void) | undefined

  constructor(peer: Giver, bytes: number) {
    this.peer = peer
    this.bytes = bytes
  }

  pass(): void {
    this.hasPassed = true
    this.wake?.()
  }
}

/** What somebody asks for. */
export interface Passage {
  readonly peer: Giver
  readonly bytes: number
  readonly signal: AbortSignal
}

/** One direction of the traffic: makes callers wait for their turn. A timer runs only while somebody waits. */
export class Gate {
  readonly #clock: Clock
  readonly #meter: RateMeter
  readonly #turnstile = new Turnstile<WaitingTurn>()
  #alarm: { readonly at: number; readonly stop: AbortController } | undefined

  constructor(clock: Clock, limits: DirectionLimits) {
    this.#clock = clock
    this.#meter = new RateMeter(clock.monotonic())
    this.#turnstile.setLimits(limits, clock.monotonic())
  }

  /** Holds at once, also for those who wait. */
  setLimits(limits: DirectionLimits): void {
    this.#turnstile.setLimits(limits, this.#clock.monotonic())
    this.#passAll()
  }

  /** Bytes per second in the last seconds. */
  rate(): number {
    return this.#meter.perSecond(this.#clock.monotonic())
  }

  /** `undefined`: they may go at once. Rejects with the signal's reason, and with `too-busy` when too many wait. */
  take(queue: Queue<WaitingTurn>, { peer, bytes, signal }: Passage): Promise<void> | undefined {
    if (this.#turnstile.isUnlimited) {
      this.#meter.add(bytes, this.#clock.monotonic())
      return undefined
    }
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    if (this.#turnstile.size >= LIMITS.pacedTurns) return Promise.reject(new GgenError('too-busy', 'too many transfers wait for bandwidth'))
    const turn = new WaitingTurn(peer, bytes)
    this.#turnstile.enqueue(queue, turn)
    this.#passAll()
    return turn.hasPassed ? undefined : this.#wait(queue, turn, signal)
  }

  #wait(queue: Queue<WaitingTurn>, turn: WaitingTurn, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const giveUp = (): void => {
      this.#turnstile.remove(queue, turn)
      this.#passAll()
      reject(signal.reason)
    }
    turn.wake = () => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }
    signal.addEventListener('abort', giveUp, { once: true })
    return promise
  }

  #passAll(): void {
    const now = this.#clock.monotonic()
    for (let turn = this.#turnstile.next(now); turn !== undefined; turn = this.#turnstile.next(now)) {
      this.#meter.add(turn.bytes, now)
      turn.pass()
    }
    this.#setAlarm(now)
  }

  #setAlarm(now: number): void {
    const waitMs = this.#turnstile.waitMs(now)
    if (waitMs !== undefined && this.#alarm !== undefined && this.#alarm.at <= now + waitMs) return
    this.#alarm?.stop.abort(FINISHED)
    this.#alarm = undefined
    if (waitMs === undefined) return
    const stop = new AbortController()
    this.#alarm = { at: now + waitMs, stop }
    void this.#passLater(waitMs, stop)
  }

  async #passLater(waitMs: number, stop: AbortController): Promise<void> {
    try {
      await this.#clock.wait(waitMs, stop.signal)
    } catch (error) {
      if (stop.signal.aborted) return
      throw error
    }
    if (stop.signal.aborted) return
    this.#alarm = undefined
    this.#passAll()
  }
}
