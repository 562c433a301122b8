import { type Digest, LIMITS, type PeerId } from '#core'
import type { BlobPart, BlobRequest, BlobSource } from '#bulk'

interface Enclosure {
  readonly peer: PeerId
  readonly bytes: Uint8Array
}

/** To remember one at all. */
const ENTRY_BYTES = 256

const costOf = ({ length }: Uint8Array): number => length + ENTRY_BYTES

/** Blobs that came with the answer to whether somebody holds them, until they are read. Bounded; the oldest go first. */
export class Enclosures {
  readonly #byDigest = new Map<Digest, Enclosure>()
  #heldBytes = 0

  /** In place of what was there of this blob. */
  put(digest: Digest, peer: PeerId, bytes: Uint8Array): void {
    this.#drop(digest)
    this.#byDigest.set(digest, { peer, bytes })
    this.#heldBytes += costOf(bytes)
    for (const oldest of this.#byDigest.keys()) {
      if (this.#heldBytes <= LIMITS.enclosuresBytes) return
      this.#drop(oldest)
    }
  }

  /** Whether all of a blob is here from this peer, and this is what is asked for. */
  has(peer: PeerId, { digest, offset, length }: BlobPart): boolean {
    const enclosure = this.#byDigest.get(digest)
    return enclosure?.peer === peer && offset === 0 && enclosure.bytes.length === length
  }

  /** The bytes, once. */
  take(request: BlobRequest): Uint8Array | undefined {
    if (!this.has(request.peer, request)) return undefined
    const bytes = this.#byDigest.get(request.digest)?.bytes
    this.#drop(request.digest)
    return bytes
  }

  #drop(digest: Digest): void {
    const enclosure = this.#byDigest.get(digest)
    if (enclosure === undefined) return
    this.#heldBytes -= costOf(enclosure.bytes)
    this.#byDigest.delete(digest)
  }
}

/** A source that first looks at what was enclosed. Those bytes are a claim like any others: whoever reads compares hashes. */
export const enclosedSource = (enclosures: Enclosures, source: BlobSource): BlobSource => {
  async function* read(request: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted()
    const bytes = enclosures.take(request)
    if (bytes === undefined) yield* source.read(request, signal)
    else {
      yield bytes
      // Who gave little is often asked for more next.
      source.prepare?.(request.peer)
    }
  }
  const recycle = (chunk: Uint8Array): void => source.recycle?.(chunk)
  return { carrier: (peer, range) => (range !== undefined && enclosures.has(peer, range) ? 'stream' : source.carrier(peer, range)), read, recycle }
}
