import { type Artifact, type Clock, type Digest, type Events, Fingerprinter, GgenError, LIMITS, type PeerId, toGgenError } from '#core'
import type { Network } from '#network'
import type { BlobStore } from '#store'
import type { HolderFinder } from './find-holders.ts'
import { readRanges } from './read-ranges.ts'

export interface FetchParts {
  readonly network: Network
  readonly clock: Clock
  readonly finder: HolderFinder
  readonly blobs: BlobStore
  readonly events: Events
}

/** How many bytes each peer gave. */
export type Sources = readonly { readonly peer: PeerId; readonly bytes: number }[]

/**
 * Brings a blob here, byte for byte what `artifact` names, or nothing. A holder that fails is replaced where it stopped. Resolves to who gave
 * what, empty when the blob was here already. Throws `no-holder` (causes kept), `disk-full`, `store-broken`, and `integrity` when everybody who
 * answered gave wrong bytes.
 */
export const fetchBlob = async (parts: FetchParts, artifact: Artifact, signal: AbortSignal): Promise<Sources> => {
  if ((await parts.blobs.size(artifact.digest)) === artifact.sizeBytes) return []
  const began = parts.clock.monotonic()
  const failures: GgenError[] = []
  const liars = new Set<PeerId>()
  let mixing = true
  for (;;) {
    const attempt = await download(parts, artifact, { liars, mixing, failures, signal })
    if (attempt.outcome === 'done') {
      const { digest, sizeBytes } = artifact
      parts.events.emit({ type: 'blob-fetched', digest, sizeBytes, peers: attempt.sources.length, durationMs: Math.round(parts.clock.monotonic() - began) })
      return attempt.sources
    }
    if (attempt.outcome === 'exhausted') throw exhausted(artifact.digest, failures)
    const [suspect, ...others] = attempt.suspects
    if (suspect !== undefined && others.length === 0) liars.add(suspect)
    mixing = false
    failures.push(new GgenError('integrity', `wrong bytes from ${attempt.suspects.join(' or ')}`))
  }
}

interface Download {
  readonly liars: ReadonlySet<PeerId>
  /** Whether one blob may come from several peers: until a wrong one did, so that the next wrong one names its author. */
  readonly mixing: boolean
  readonly failures: GgenError[]
  readonly signal: AbortSignal
}

type Attempt =
  | { readonly outcome: 'done'; readonly sources: Sources }
  | { readonly outcome: 'exhausted' }
  /** Everything arrived and is not what was signed. */
  | { readonly outcome: 'wrong'; readonly suspects: readonly PeerId[] }

/** One pass over the holders. */
const download = async (parts: FetchParts, artifact: Artifact, { liars, mixing, failures, signal }: Download): Promise<Attempt> => {
  let partial = await Partial.begin(parts.blobs)
  try {
    for await (const { peer, sizeBytes, pieces } of parts.finder.find(artifact.digest, signal)) {
      if (liars.has(peer) || pieces !== undefined || sizeBytes !== artifact.sizeBytes) {
        parts.finder.holders.remove(artifact.digest, peer)
        continue
      }
      try {
        for await (const bytes of readRanges(parts, { peer, artifact, from: partial.sizeBytes }, signal)) await partial.append(bytes, peer)
      } catch (error) {
        signal.throwIfAborted()
        const failure = toGgenError(error)
        if (!FAULT_OF_PEER.has(failure.code)) throw error
        failures.push(failure)
        parts.finder.holders.remove(artifact.digest, peer)
        parts.events.emit({ type: 'holder-failed', digest: artifact.digest, peer, code: failure.code })
        if (mixing) continue
        await partial[Symbol.asyncDispose]()
        partial = await Partial.begin(parts.blobs)
        continue
      }
      return await partial.finish(artifact)
    }
    return { outcome: 'exhausted' }
  } finally {
    await partial[Symbol.asyncDispose]()
  }
}

/** Anything else (a full disk, a bug) would fail with every peer. */
const FAULT_OF_PEER: ReadonlySet<string> = new Set([
  'peer-unreachable', 'timeout', 'frame-invalid', 'blob-not-found', 'too-busy', 'no-peers', 'denied', 'integrity',
])

/** A blob on its way: written and hashed as it arrives, remembered by giver. */
class Partial implements AsyncDisposable {
  readonly #writer: Awaited<ReturnType<BlobStore['create']>>
  readonly #hash = new Fingerprinter()
  readonly #given = new Map<PeerId, number>()

  private constructor(writer: Awaited<ReturnType<BlobStore['create']>>) {
    this.#writer = writer
  }

  static async begin(blobs: BlobStore): Promise<Partial> {
    return new Partial(await blobs.create())
  }

  get sizeBytes(): number {
    return this.#hash.sizeBytes
  }

  async append(bytes: Uint8Array, peer: PeerId): Promise<void> {
    this.#hash.update(bytes)
    await this.#writer.append(bytes)
    this.#given.set(peer, (this.#given.get(peer) ?? 0) + bytes.length)
  }

  async finish(artifact: Artifact): Promise<Attempt> {
    const { digest, sha512 } = this.#hash.finish()
    if (digest !== artifact.digest || sha512 !== artifact.sha512) return { outcome: 'wrong', suspects: [...this.#given.keys()] }
    await this.#writer.seal(digest)
    return { outcome: 'done', sources: [...this.#given].map(([peer, bytes]) => ({ peer, bytes })) }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#writer[Symbol.asyncDispose]())
  }
}

const exhausted = (digest: Digest, failures: readonly GgenError[]): GgenError => {
  const lied = failures.length > 0 && failures.every(({ code }) => code === 'integrity')
  const tried = failures.length === 0 ? 'nobody who is reachable holds it' : failures.slice(-LIMITS.holdersPerFetch).map(({ message }) => message).join('; ')
  return new GgenError(lied ? 'integrity' : 'no-holder', `${digest.slice(0, 19)}… could not be fetched: ${tried}`, { cause: new AggregateError(failures) })
}
