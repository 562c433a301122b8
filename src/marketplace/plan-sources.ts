import { type Clock, GgenError, isGgenError, type ReleaseOp } from '#core'
import type { FetchOptions, Sought } from '#flow/fetch'
import { verifyArchive } from '#flow/verify'
import type { BlobStore } from '#store'
import type { InstallGate } from './install-gate.ts'
import type { PlannerParts } from './planner.ts'
import { giversOf, type Registries } from './registries.ts'
import { heldBytes, type SmallBlob } from './small-blob.ts'

export interface PlanSourceParts {
  readonly gate: Pick<InstallGate, 'candidates' | 'assertNoDowngrade'>
  readonly blobs: BlobStore
  readonly clock: Clock
  /** Throws as `bringSmall`. */
  readonly bringSmall: (blob: SmallBlob, archive: Sought, signal: AbortSignal) => Promise<Uint8Array>
  /** Absent: peers alone. */
  readonly registries?: Pick<Registries, 'isPrivateName'>
  /** Whom to ask; absent: those that the operator chose. */
  readonly among?: Registries
  /** Brings an archive here and verifies it; its metadata document is here then. */
  readonly bring: (release: ReleaseOp, options: FetchOptions) => Promise<unknown>
}

/** What a planner knows and asks on a node. */
export const planSources = (parts: PlanSourceParts): PlannerParts => ({
  candidates: (request, signal) => parts.gate.candidates({ ...request, ...(parts.among !== undefined && { among: parts.among }) }, signal),
  assertNoDowngrade: (found) => parts.gate.assertNoDowngrade(found),
  metadata: (release, { isOffline, signal }) => (isOffline ? metadataHere(parts.blobs, release, signal) : bringMetadata(parts, release, signal)),
  holds: async ({ body: { artifact } }) => (await parts.blobs.size(artifact.digest)) === artifact.sizeBytes,
  pause: (signal) => parts.clock.wait(0, signal),
})

/** Out of the store, where the archive says the same. */
const metadataHere = async (blobs: BlobStore, release: ReleaseOp, signal: AbortSignal): Promise<Uint8Array> =>
  (await heldBytes(blobs, release.body.metadata)) ?? (await verifyArchive(blobs, release, signal)).facts.metadata

/** The document alone is small; where nobody has it, it is made of the archive. */
const bringMetadata = async (parts: PlanSourceParts, release: ReleaseOp, signal: AbortSignal): Promise<Uint8Array> => {
  const { blobs, bringSmall, bring, registries, among } = parts
  const { metadata, artifact, name, version } = release.body
  try {
    const isPrivate = registries?.isPrivateName(name) === true
    return await bringSmall(metadata, { ...artifact, isPrivate, ...(among !== undefined && { givers: giversOf(among) }) }, signal)
  } catch (error) {
    if (!isGgenError(error, 'no-holder')) throw error
  }
  await bring(release, { urgency: 'interactive', signal })
  const bytes = await heldBytes(blobs, metadata)
  if (bytes === undefined) throw new GgenError('no-holder', `the metadata document of ${name}@${version} did not stay here`)
  return bytes
}
