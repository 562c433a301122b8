import { type Version, versionSlot } from '#core'
import type { ReleaseFacts } from './feed-facts.ts'
import { isSameArchive } from './slot-claims.ts'

/**
 * Releases at a fork that give one slot different bytes: they prove a dispute, although nothing after a fork exists. Where all give it the same bytes,
 * they claim nothing.
 */
export class ForkClaims<R extends ReleaseFacts> {
  readonly #bySlot = new Map<Version, { readonly releases: R[]; isContested: boolean }>()

  /** Adds a release at the fork; returns those that claim their slot from now on. */
  add(release: R): readonly R[] {
    const slot = versionSlot(release.body.version)
    const group = this.#bySlot.get(slot) ?? { releases: [], isContested: false }
    this.#bySlot.set(slot, group)
    group.releases.push(release)
    if (group.isContested) return [release]
    const [first = release] = group.releases
    group.isContested = !isSameArchive(release, first)
    return group.isContested ? group.releases.slice() : []
  }

  /** Forgets all of them; returns those that claimed their slots. */
  clear(): readonly R[] {
    const claims = [...this.#bySlot.values()].filter(({ isContested }) => isContested).flatMap(({ releases }) => releases)
    this.#bySlot.clear()
    return claims
  }
}
