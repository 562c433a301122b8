import { GgenError, type Giver, REGISTRY_LIMITS, type RegistryId } from '#core'
import type { Upstream } from './upstream.ts'

/** A registry for as long as it is needed; disposing gives it back. */
export interface Lease extends Disposable {
  readonly upstream: Upstream
}

interface Named {
  readonly upstream: Upstream
  users: number
}

/**
 * Registries that are named for single questions: some stay open with what they answered, the least recently used goes first, and none that is in use.
 * Disposing closes all of them.
 */
export class NamedRegistries implements AsyncDisposable {
  readonly #open: (id: RegistryId) => Upstream
  readonly #most: number
  /** In the order of their last use. */
  readonly #named = new Map<RegistryId, Named>()

  constructor(open: (id: RegistryId) => Upstream, most: number = REGISTRY_LIMITS.namedRegistries) {
    this.#open = open
    this.#most = most
  }

  /** Opens one, or takes it as it is. Throws `too-busy` where too many are in use. */
  async lease(id: RegistryId): Promise<Lease> {
    const known = this.#named.get(id)
    const oldest = known === undefined && this.#named.size >= this.#most ? this.#idle() : undefined
    const named = known ?? { upstream: this.#open(id), users: 0 }
    named.users += 1
    this.#named.delete(id)
    this.#named.set(id, named)
    await oldest?.[Symbol.asyncDispose]()
    return {
      upstream: named.upstream,
      [Symbol.dispose]: () => {
        named.users -= 1
      },
    }
  }

  /** One that is open, by what it is as a giver of bytes. */
  find(giver: Giver): Upstream | undefined {
    return this.#named.get(giver as RegistryId)?.upstream
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#named.values()]
    this.#named.clear()
    await Promise.all(all.map(({ upstream }) => upstream[Symbol.asyncDispose]()))
  }

  /** Takes the one out that nobody has used for the longest time. */
  #idle(): Upstream {
    for (const [id, { upstream, users }] of this.#named) {
      if (users > 0) continue
      this.#named.delete(id)
      return upstream
    }
    throw new GgenError('too-busy', `${this.#most} registries that were named are in use`, { hint: 'try again when some of them have answered' })
  }
}
