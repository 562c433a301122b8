import { type Digest, LIMITS, type PeerId } from '#core'

/** Who is known to hold which blob: learned from answers, bounded, the least recently used digest is forgotten first. */
export class HolderTable {
  readonly #holders = new Map<Digest, Set<PeerId>>()

  add(digest: Digest, peer: PeerId): void {
    const known = this.#holders.get(digest) ?? new Set()
    this.#holders.delete(digest)
    if (known.size < LIMITS.providersPerLookup) known.add(peer)
    this.#holders.set(digest, known)
    const [oldest] = this.#holders.keys()
    if (this.#holders.size > LIMITS.knownHolders && oldest !== undefined) this.#holders.delete(oldest)
  }

  remove(digest: Digest, peer: PeerId): void {
    const known = this.#holders.get(digest)
    known?.delete(peer)
    if (known?.size === 0) this.#holders.delete(digest)
  }

  of(digest: Digest): readonly PeerId[] {
    return [...(this.#holders.get(digest) ?? [])]
  }
}
