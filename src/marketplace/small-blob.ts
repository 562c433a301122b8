import type { BlobSource } from '#bulk'
import { type Artifact, type Clock, type Digest, digestOf, GgenError, type Giver, LIMITS, toGgenError } from '#core'
import type { Givers, Sought } from '#flow/fetch'
import { storeBytes } from '#flow/publish'
import type { BlobStore } from '#store'

/** A blob of which is known how large it is, and no more than its name. */
export type SmallBlob = Pick<Artifact, 'digest' | 'sizeBytes'>

export interface SmallBlobParts {
  readonly blobs: BlobStore
  readonly clock: Clock
  /** Who says that it holds a blob. */
  readonly find: (sought: Sought, signal: AbortSignal) => AsyncIterable<{ readonly peer: Giver }>
  /** Bytes of whoever gives them, unchecked; as `TransferParts`. */
  readonly sourceAmong: (givers?: Givers) => Pick<BlobSource<Giver>, 'read'>
  /** Told of peers that failed. */
  readonly forget: (digest: Digest, peer: Giver) => void
  /** A peer gave wrong bytes. */
  readonly ban: (peer: Giver, reason: string) => void
}

/**
 * A small blob that belongs to an archive: out of the store, or from whoever holds it or the archive, and then kept. Throws `no-holder` with all causes
 * where nobody gives it, what the store throws, and the reason of an aborted signal.
 */
export const bringSmall = async (
  parts: SmallBlobParts, blob: SmallBlob, { archive, signal }: { readonly archive: Sought; readonly signal: AbortSignal },
): Promise<Uint8Array> => {
  const held = await heldBytes(parts.blobs, blob)
  if (held !== undefined) return held
  const asked = new Set<Giver>()
  const causes: GgenError[] = []
  for (const sought of [{ ...blob, isPrivate: archive.isPrivate === true, ...(archive.givers !== undefined && { givers: archive.givers }) }, archive]) {
    for await (const { peer } of parts.find(sought, signal)) {
      if (asked.has(peer)) continue
      asked.add(peer)
      const bytes = await readFrom({ ...parts, source: parts.sourceAmong(archive.givers) }, peer, { blob, signal })
      if (bytes instanceof GgenError) causes.push(bytes)
      else {
        await storeBytes(parts.blobs, bytes)
        return bytes
      }
    }
  }
  throw new GgenError('no-holder', `nobody who can be reached gives ${blob.digest.slice(0, 19)}…`, {
    cause: new AggregateError(causes),
    details: { digest: blob.digest, causes: causes.slice(0, LIMITS.holdersPerFetch).map(({ code, message }) => ({ code, message })) },
  })
}

/** The bytes of a blob that is here and is what its name says. */
export const heldBytes = async (blobs: BlobStore, { digest, sizeBytes }: SmallBlob): Promise<Uint8Array | undefined> => {
  if ((await blobs.size(digest)) !== sizeBytes) return undefined
  const bytes = await blobs.read(digest, { offset: 0, length: sizeBytes })
  return digestOf(bytes) === digest ? bytes : undefined
}

type Reading = Omit<SmallBlobParts, 'sourceAmong'> & { readonly source: Pick<BlobSource<Giver>, 'read'> }

const readFrom = async (
  { clock, source, forget, ban }: Reading, peer: Giver, { blob, signal }: { readonly blob: SmallBlob; readonly signal: AbortSignal },
): Promise<Uint8Array | GgenError> => {
  try {
    const bounded = AbortSignal.any([signal, clock.timeout(LIMITS.firstByteMs)])
    const bytes = Buffer.concat(await Array.fromAsync(source.read({ peer, ...blob, offset: 0, length: blob.sizeBytes }, bounded)))
    if (bytes.length === blob.sizeBytes && digestOf(bytes) === blob.digest) return bytes
    ban(peer, `wrong bytes of ${blob.digest}`)
    return new GgenError('integrity', `${peer} gave other bytes`)
  } catch (error) {
    signal.throwIfAborted()
    const coded = toGgenError(error)
    if (coded.code === 'internal') throw error
    forget(blob.digest, peer)
    return coded
  }
}
