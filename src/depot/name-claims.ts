import { type Events, isPackageName, NPM_LIMITS, type PackageName, shortIdentity, type IdentityId } from '#core'
import type { NpmName } from '#npm'
import type { Refusals } from './refusals.ts'
import { hostOf, type SourceAddress } from './source.ts'

export interface NameClaimParts {
  /** Who published something under a name to this network. */
  readonly claimants: (name: PackageName) => readonly IdentityId[]
  readonly refusals: Refusals
  readonly events: Events
}

/**
 * Names that belong to a registry, and under which somebody publishes to the network nevertheless: that is ignored, and said. Disposing stops listening.
 */
export class NameClaims implements Disposable {
  readonly #parts: NameClaimParts
  /** Where names belong that were asked for lately. */
  readonly #asked = new Map<string, SourceAddress['id']>()
  readonly #listening: Disposable

  constructor(parts: NameClaimParts) {
    this.#parts = parts
    this.#listening = parts.events.subscribe((event) => {
      const source = event.type === 'release-added' ? this.#asked.get(event.name) : undefined
      if (source !== undefined && event.type === 'release-added') this.#look(event.name, source)
    })
  }

  /** A name that belongs to a registry was asked for. */
  asked(name: NpmName, { id }: SourceAddress): void {
    if (this.#asked.get(name) === id) return
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size < NPM_LIMITS.askedNames) break
      this.#asked.delete(oldest)
    }
    this.#asked.set(name, id)
    this.#look(name, id)
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]()
  }

  #look(name: string, source: string): void {
    const { claimants, refusals } = this.#parts
    const all = isPackageName(name) ? claimants(name) : []
    const [first] = all
    if (first === undefined) return
    const others = all.length === 1 ? '' : ` and ${all.length - 1} more`
    const why = `${name} belongs to ${hostOf(source)}: what ${shortIdentity(first)}${others} published under it to the network is ignored`
    refusals.say({ name, version: '*', code: 'denied', why })
  }
}
