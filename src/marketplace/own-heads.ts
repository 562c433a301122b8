import { type Clock, type Events, type IdentityId, LIMITS, type PackageName, type PeerId, toGgenError } from '#core'
import type { Network } from '#network'

export interface OwnHeadsParts {
  readonly network: Pick<Network, 'peers'>
  readonly clock: Clock
  readonly events: Events
  /** Brings an identity's chain and a package's ops from a peer. */
  readonly learn: (what: { readonly identity: IdentityId; readonly name: PackageName | undefined }, from: PeerId, signal: AbortSignal) => Promise<unknown>
}

/**
 * Before this node signs for a package for the first time since it started, it asks others how far that package is: after a restored backup, or on a second
 * machine, its own records may be older than what it has said, and the next one would contradict that. Alone, it goes by what it has.
 */
export class OwnHeads {
  readonly #parts: OwnHeadsParts
  readonly #confirmed = new Set<string>()

  constructor(parts: OwnHeadsParts) {
    this.#parts = parts
  }

  /** Resolves when as many peers as are asked have answered, or cannot. Throws only the signal's reason. */
  async confirm(identity: IdentityId, name: PackageName | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { network, clock, events, learn } = this.#parts
    const key = `${identity} ${name ?? ''}`
    if (this.#confirmed.has(key)) return
    const asked = network.peers().slice(0, LIMITS.ownHeadPeers)
    const bounded = AbortSignal.any([signal, clock.timeout(LIMITS.ownHeadTimeoutMs)])
    const answers = await Promise.allSettled(asked.map(({ peer }) => learn({ identity, name }, peer, bounded)))
    signal.throwIfAborted()
    for (const answer of answers) {
      if (answer.status === 'fulfilled') continue
      const { code, message } = toGgenError(answer.reason)
      events.emit({ type: 'task-failed', task: 'ask how far an own package is', code, message })
    }
    if (answers.some(({ status }) => status === 'fulfilled')) this.#remember(key)
  }

  #remember(key: string): void {
    this.#confirmed.add(key)
    if (this.#confirmed.size > LIMITS.ownHeads) for (const oldest of this.#confirmed.keys().take(1)) this.#confirmed.delete(oldest)
  }
}
