import { type ArchiveFacts, describeArchive } from '#archive'
import {
  type Artifact, type Clock, type Digest, type ErrorCode, GgenError, type Giver, isGgenError, type PackageName, type TransferReport, type Version,
} from '#core'
import type { FetchOptions, Transfers } from '#flow/fetch'
import { drain, vouchedBytes, type VouchedVersion } from '#foreign'
import type { BlobStore } from '#store'

export interface VouchedParts {
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly transfers: Pick<Transfers, 'fetch'>
}

/** A version of which the digest is known, and who may have its bytes. */
export interface WantedBytes {
  readonly name: PackageName
  readonly version: VouchedVersion
  /** The index that names it; absent where it cannot be asked. */
  readonly from?: { readonly giver: Giver; readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>> }
  /** How peers are asked; absent: not at all. */
  readonly peers?: Omit<FetchOptions, 'signal'>
  /** What is said where nobody has it. */
  readonly whyNot: GgenError
}

/** What can be cured by asking somebody else for the same bytes. */
const CURABLE: ReadonlySet<ErrorCode> = new Set([
  'peer-unreachable', 'timeout', 'blob-not-found', 'integrity', 'denied', 'path-not-found', 'no-holder', 'no-peers',
])

const HERE: TransferReport = { sources: [], resumedBytes: 0, wastedBytes: 0, durationMs: 0 }

/** Brings an archive here by its digest: from the index that names it, else from peers, who need not be believed. Throws why neither gives it. */
export const bringVouched = async (parts: VouchedParts, wanted: WantedBytes, signal: AbortSignal): Promise<TransferReport> => {
  const { blobs, transfers } = parts
  const { version: { digest, sizeBytes }, from, peers, whyNot } = wanted
  if ((await blobs.size(digest)) !== undefined) return HERE
  let failure = whyNot
  if (from !== undefined) {
    try {
      return await download(parts, { ...wanted, from }, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error) || !CURABLE.has(error.code)) throw error
      failure = error
    }
  }
  if (peers === undefined || sizeBytes === undefined) throw failure
  try {
    return await transfers.fetch({ digest, sizeBytes } as Artifact, { ...peers, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw isGgenError(error) && CURABLE.has(error.code) ? failure : error
  }
}

type FromIndex = Pick<WantedBytes, 'name' | 'version'> & Required<Pick<WantedBytes, 'from'>>

const download = async ({ blobs, clock }: VouchedParts, { name, version, from }: FromIndex, signal: AbortSignal): Promise<TransferReport> => {
  const began = clock.monotonic()
  await using writer = await blobs.create()
  const { sizeBytes } = await drain(vouchedBytes(await from.open(signal), name, version), async (chunk) => {
    signal.throwIfAborted()
    await writer.append(chunk)
  })
  await writer.seal(version.digest)
  const durationMs = Math.max(1, Math.round(clock.monotonic() - began))
  const carrier = from.giver.startsWith('file:') ? 'file' : 'http'
  const share = { peer: from.giver, carrier, bytes: sizeBytes, ranges: [[0, sizeBytes]], bytesPerSecond: Math.round((sizeBytes * 1000) / durationMs) } as const
  return { sources: [share], resumedBytes: 0, wastedBytes: 0, durationMs }
}

/** An archive that is here, and what an index calls it. */
export interface HeldArchive {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
}

/** What an archive that is here says of itself. Throws `integrity` where it is another package than the index says, and what `describeArchive` throws. */
export const describeVouched = async (blobs: BlobStore, { name, version, digest }: HeldArchive, signal: AbortSignal): Promise<ArchiveFacts> => {
  const facts = await describeArchive(blobs.stream(digest, { signal }), { signal })
  const { manifest, fingerprint } = facts
  if (manifest.name === name && manifest.version === version && fingerprint.digest === digest) return facts
  throw new GgenError('integrity', `the index calls it ${name}@${version}, and its archive says that it is ${manifest.name}@${manifest.version}`)
}
