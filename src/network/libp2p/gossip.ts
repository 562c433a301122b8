import { type Clock, GgenError, isPeerId, LIMITS, type PeerId } from '#core'
import type { Judge, Verdict } from '#network'
import { type GossipsubMessage, TopicValidatorResult } from '@libp2p/gossipsub'
import assert from 'node:assert/strict'
import type { Pubsub } from './gossip-limits.ts'
import { GOSSIP } from './settings.ts'
import type { Tasks } from './tasks.ts'

const RESULTS: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/** What gossip needs from the rest of the node. */
export interface GossipContext {
  readonly pubsub: Pubsub
  readonly topic: string
  readonly clock: Clock
  readonly tasks: Tasks
  /** Whether anybody is connected whose subscription may still be on its way. */
  readonly hasPeers: () => boolean
  /** Counts provable misbehaviour against a peer. */
  readonly strike: (peer: PeerId) => void
}

/** The network's topic: announcing to it, and judging what comes from it before it is relayed. */
export class Gossip {
  readonly #context: GossipContext
  #judge: Judge | undefined
  #pending = 0

  constructor(context: GossipContext) {
    this.#context = context
    const { pubsub, topic } = context
    pubsub.addEventListener('gossipsub:message', ({ detail }) => context.tasks.run('judge gossip', () => this.#consider(detail)))
    pubsub.subscribe(topic)
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

  /** `Network.announce`. A message for which nobody is there is not given to the library: it would take it for sent, and refuse it later. */
  async announce(message: Uint8Array): Promise<number> {
    if (message.length > LIMITS.gossipBytes) throw new GgenError('frame-invalid', `a message of ${message.length} bytes is larger than ${LIMITS.gossipBytes}`)
    if (!(await this.#hasListeners())) return 0
    const { recipients } = await this.#context.pubsub.publish(this.#context.topic, message)
    return recipients.length
  }

  async #consider({ msg, msgId, propagationSource }: GossipsubMessage): Promise<void> {
    const verdict = await this.#verdictOn(msg.data, propagationSource.toString())
    if (this.#context.tasks.signal.aborted) return
    this.#context.pubsub.reportMessageValidationResult(msgId, propagationSource.toString(), RESULTS[verdict])
  }

  async #verdictOn(message: Uint8Array, from: string): Promise<Verdict> {
    if (this.#judge === undefined || this.#pending >= LIMITS.pendingQuestions || !isPeerId(from)) return 'ignore'
    this.#pending += 1
    const settled = new AbortController()
    try {
      const verdict = await Promise.race([this.#judge(message.slice(), from), this.#tooLate(settled.signal)])
      if (verdict === 'reject') this.#context.strike(from)
      return verdict
    } catch (error) {
      if (!this.#context.tasks.signal.aborted) this.#context.tasks.report('judge gossip', error)
      return 'ignore'
    } finally {
      settled.abort()
      this.#pending -= 1
    }
  }

  async #tooLate(settled: AbortSignal): Promise<Verdict> {
    await Promise.allSettled([this.#context.clock.wait(LIMITS.askTimeoutMs, AbortSignal.any([settled, this.#context.tasks.signal]))])
    return 'ignore'
  }

  /** Whether a message would be sent to anybody now, or within the moment that a fresh connection needs. */
  async #hasListeners(): Promise<boolean> {
    const { pubsub, topic, hasPeers, clock, tasks } = this.#context
    const isHeard = (): boolean => pubsub.getSubscribers(topic).some((peer) => pubsub.streamsOutbound.has(peer.toString()))
    const startedMs = clock.monotonic()
    while (!isHeard() && hasPeers() && clock.monotonic() - startedMs < GOSSIP.firstListenerMs) await clock.wait(GOSSIP.lookAgainMs, tasks.signal)
    return isHeard()
  }
}
