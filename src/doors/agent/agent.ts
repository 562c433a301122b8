import { type Clock, GgenError, isGgenError, LIMITS, toGgenError } from '#core'
import { type AgentEffect, type AgentEnd, type AgentInput, decide, type Unlocked } from './decide.ts'
import type { AgentAnswer, AgentQuestion, AgentStatus } from './protocol.ts'

/** Asks a person whether something is to be signed. Rejects when the signal aborts, and with `cancelled` when the person wants to be asked no more. */
export type Confirm = (purpose: string, signal: AbortSignal) => Promise<boolean>

/** Where one listens already. */
export const anotherAgent = (): GgenError => new GgenError('conflict', 'another agent holds a key here', { hint: 'end it with: ggen id lock' })

export interface AgentParts {
  readonly unlocked: Omit<Unlocked, 'asks'>
  /** Signs a payload that was read before. */
  readonly sign: (payload: Uint8Array) => Uint8Array
  /** Of the identity's file now; throws where it cannot be trusted. */
  readonly stamp: () => Promise<string | undefined>
  /** Absent: nobody is asked. */
  readonly confirm?: Confirm | undefined
  readonly clock: Clock
  readonly pid: number
}

/** Holds one open release key until its time is over, somebody locks it, or the file of the identity changes. Then the key is gone, for good. */
export class Agent {
  readonly #unlocked: Unlocked
  readonly #parts: Omit<AgentParts, 'sign' | 'unlocked'>
  /** The key itself: gone when the agent has ended. */
  #sign: AgentParts['sign'] | undefined
  readonly #ending = new AbortController()
  readonly #ended = Promise.withResolvers<AgentEnd>()
  #lastQuestion: Promise<void> = Promise.resolve()

  constructor({ unlocked, sign, ...parts }: AgentParts) {
    this.#unlocked = { ...unlocked, asks: parts.confirm !== undefined }
    this.#sign = sign
    this.#parts = parts
  }

  get status(): AgentStatus {
    const { identity, publicKey, until, asks } = this.#unlocked
    return { identity, publicKey, until, asks, pid: this.#parts.pid }
  }

  /** Resolves when the key is gone. */
  get ended(): Promise<AgentEnd> {
    return this.#ended.promise
  }

  /** Ends it. */
  lock(): void {
    this.#end('locked')
  }

  /** Looks again and again until it has ended; the first look is at once. */
  async watch(): Promise<void> {
    const { clock } = this.#parts
    const { signal } = this.#ending
    while (!signal.aborted) {
      await this.#judge({ kind: 'look' })
      const leftMs = Math.min(this.#unlocked.until - clock.now(), this.#unlocked.untilMonotonic - clock.monotonic())
      if (!signal.aborted) await this.#pause(Math.max(1, Math.min(leftMs, LIMITS.agentLookEveryMs)))
    }
  }

  /** Answers a question; `signal` aborts when nobody waits for the answer any more. Never rejects. */
  async answer(question: AgentQuestion, signal: AbortSignal): Promise<AgentAnswer> {
    try {
      return await this.#answer(question, signal)
    } catch (error) {
      return { kind: 'refused', error: toGgenError(error) }
    }
  }

  async #answer(question: AgentQuestion, signal: AbortSignal): Promise<AgentAnswer> {
    if (this.#sign === undefined) return this.#locked()
    if (question.ask === 'sign') return await this.#answerSign(question.payload, signal)
    const effect = await this.#judge({ kind: question.ask === 'lock' ? 'lock' : 'look' })
    return effect.kind === 'stay' ? { kind: 'status', status: this.status } : this.#locked()
  }

  async #answerSign(payload: Uint8Array, signal: AbortSignal): Promise<AgentAnswer> {
    const first = await this.#judge({ kind: 'sign', payload, isConfirmed: false })
    if (first.kind !== 'ask') return this.#carryOut(first, payload)
    if (!(await this.#confirmed(first.purpose, signal))) {
      if (this.#sign === undefined) return this.#locked()
      return { kind: 'refused', error: new GgenError('denied', `somebody said no to: ${first.purpose}`) }
    }
    return this.#carryOut(await this.#judge({ kind: 'sign', payload, isConfirmed: true }), payload)
  }

  #carryOut(effect: AgentEffect, payload: Uint8Array): AgentAnswer {
    if (effect.kind === 'refuse') return { kind: 'refused', error: effect.error }
    if (effect.kind !== 'sign' || this.#sign === undefined) return this.#locked()
    return { kind: 'signed', signed: { signature: this.#sign(payload), purpose: effect.purpose } }
  }

  #locked(): AgentAnswer {
    return { kind: 'locked', pid: this.#parts.pid }
  }

  /** Asks one question after the other: a person can answer only one. */
  async #confirmed(purpose: string, signal: AbortSignal): Promise<boolean> {
    const { confirm, clock } = this.#parts
    const before = this.#lastQuestion
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#lastQuestion = promise
    try {
      await before
      const patience = AbortSignal.any([signal, this.#ending.signal, clock.timeout(LIMITS.agentAnswerMs)])
      patience.throwIfAborted()
      return (await confirm?.(purpose, patience)) === true
    } catch (error) {
      if (this.#ending.signal.aborted) return false
      if (!isGgenError(error, 'cancelled')) throw error
      this.#end('locked')
      return false
    } finally {
      resolve()
    }
  }

  /** Decides with what is true now, and ends where that is the decision. */
  async #judge(input: AgentInput): Promise<AgentEffect> {
    const { clock } = this.#parts
    const stamp = await this.#stamp()
    const effect = decide(this.#unlocked, input, { now: clock.now(), monotonic: clock.monotonic(), stamp })
    if (effect.kind === 'end') this.#end(effect.why)
    return effect
  }

  /** A file that others can change, or that cannot be read, is not the one that was opened. */
  async #stamp(): Promise<string | undefined> {
    try {
      return await this.#parts.stamp()
    } catch (error) {
      if (isGgenError(error)) return undefined
      throw error
    }
  }

  #end(why: AgentEnd): void {
    this.#sign = undefined
    this.#ending.abort()
    this.#ended.resolve(why)
  }

  async #pause(ms: number): Promise<void> {
    try {
      await this.#parts.clock.wait(ms, this.#ending.signal)
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error
    }
  }
}
