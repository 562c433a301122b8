import { type Clock, type Events, GgenError, LIMITS, type PeerId, toGgenError } from '#core'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Judge, Verdict } from './network.ts'

/** A node that messages can be handed to. */
export interface GossipNeighbour {
  readonly self: PeerId
  receive(message: Uint8Array, from: PeerId): void
}

/** What the gossip of one node in memory needs. */
export interface MemoryGossipOptions {
  readonly self: PeerId
  readonly clock: Clock
  readonly events: Events | undefined
  readonly ended: AbortSignal
  readonly neighbours: () => readonly GossipNeighbour[]
  /** Lets the time of one message pass. */
  readonly travel: () => Promise<void>
}

/** Passes messages from node to node: each judges a message once, and hands on what it accepts to everybody but the sender. */
export class MemoryGossip {
  readonly #options: MemoryGossipOptions
  readonly #seen = new Set<string>()
  #judge: Judge | undefined
  #pending = 0

  constructor(options: MemoryGossipOptions) {
    this.#options = options
  }

  listen(judge: Judge): Disposable {
    assert(this.#judge === undefined, 'gossip has a listener already')
    this.#judge = judge
    return {
      [Symbol.dispose]: () => {
        this.#judge = undefined
      },
    }
  }

  /** Hands a message to every neighbour. With none, it counts as not sent and may be announced again. */
  announce(message: Uint8Array): number {
    if (message.length > LIMITS.gossipBytes) throw new GgenError('frame-invalid', `a message of ${message.length} bytes is larger than ${LIMITS.gossipBytes}`)
    const neighbours = this.#options.neighbours()
    if (neighbours.length === 0 || !this.#isNew(message)) return 0
    this.#spread(message, undefined)
    return neighbours.length
  }

  receive(message: Uint8Array, from: PeerId): void {
    if (this.#options.ended.aborted || !this.#isNew(message)) return
    void this.#verdictOn(message, from).then((verdict) => {
      if (verdict === 'accept' && !this.#options.ended.aborted) this.#spread(message, from)
    })
  }

  #isNew(message: Uint8Array): boolean {
    const id = createHash('sha256').update(message).digest('base64')
    if (this.#seen.has(id)) return false
    this.#seen.add(id)
    if (this.#seen.size > LIMITS.seenMessages) {
      const [oldest] = this.#seen
      if (oldest !== undefined) this.#seen.delete(oldest)
    }
    return true
  }

  #spread(message: Uint8Array, source: PeerId | undefined): void {
    const { neighbours, self, travel } = this.#options
    const copy = message.slice()
    for (const neighbour of neighbours()) {
      if (neighbour.self === source) continue
      // A message that is on its way when its sender ends is lost, like everything else that was on its way.
      void travel().then(() => neighbour.receive(copy, self), () => undefined)
    }
  }

  async #verdictOn(message: Uint8Array, from: PeerId): Promise<Verdict> {
    if (this.#judge === undefined || this.#pending >= LIMITS.pendingQuestions) return 'ignore'
    this.#pending += 1
    try {
      return await Promise.race([this.#judge(message.slice(), from), this.#tooLate()])
    } catch (error) {
      const { code, message: text } = toGgenError(error)
      this.#options.events?.emit({ type: 'task-failed', task: 'judge gossip', code, message: text })
      return 'ignore'
    } finally {
      this.#pending -= 1
    }
  }

  #tooLate(): Promise<Verdict> {
    const late = AbortSignal.any([this.#options.ended, this.#options.clock.timeout(LIMITS.askTimeoutMs)])
    return new Promise((resolve) => {
      if (late.aborted) resolve('ignore')
      late.addEventListener('abort', () => resolve('ignore'), { once: true })
    })
  }
}
