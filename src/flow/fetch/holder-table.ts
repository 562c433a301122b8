import { type Digest, LIMITS, type PeerId } from '#core'
import type { HeldBlob } from '#wire'

/** Who is known to hold what of which blob: learned from answers, bounded, the least recently used digest is forgotten first. */
export class HolderTable {
  readonly #holders = new Map<Digest, Map<PeerId, HeldBlob>>()
  readonly #watching = new Map<Digest, Set<(peer: PeerId) => void>>()

  /** Notes what a peer says it holds, in place of what it said before. */
  add(digest: Digest, peer: PeerId, held: HeldBlob): void {
    const known = this.#holders.get(digest) ?? new Map<PeerId, HeldBlob>()
    this.#holders.delete(digest)
    if (known.size < LIMITS.providersPerLookup || known.has(peer)) known.set(peer, held)
    this.#holders.set(digest, known)
    const [oldest] = this.#holders.keys()
    if (this.#holders.size > LIMITS.knownHolders && oldest !== undefined) this.#holders.delete(oldest)
  }

  /** Forgets a holder: it said no, failed or lied. */
  remove(digest: Digest, peer: PeerId): void {
    const known = this.#holders.get(digest)
    if (known?.delete(peer) !== true) return
    if (known.size === 0) this.#holders.delete(digest)
    for (const tell of this.#watching.get(digest) ?? []) tell(peer)
  }

  /** Peers that hold it, whole or in part. */
  of(digest: Digest): readonly PeerId[] {
    return [...(this.#holders.get(digest)?.keys() ?? [])]
  }

  /** What a peer said last that it holds. */
  held(digest: Digest, peer: PeerId): HeldBlob | undefined {
    return this.#holders.get(digest)?.get(peer)
  }

  /** Tells when a holder of this blob is forgotten by `remove`. */
  watch(digest: Digest, listener: (peer: PeerId) => void): Disposable {
    const listeners = this.#watching.get(digest) ?? new Set<(peer: PeerId) => void>()
    this.#watching.set(digest, listeners.add(listener))
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener)
        if (listeners.size === 0) this.#watching.delete(digest)
      },
    }
  }
}
