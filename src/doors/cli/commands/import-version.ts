import { type Digest, type ErrorCode, GgenError, type IdentityId, isGgenError, type PackageName, type Version } from '#core'
import type { ReceiptReply } from '#doors/control'
import { type ForeignSource, type MirrorStore, vouchedBytes, type WantedVersion } from '#foreign'
import type { Context } from './context.ts'
import type { Signer } from './signer.ts'

/** A mirror: what is copied, who signs the copies, and where it is remembered what was. */
export interface Mirroring {
  readonly source: ForeignSource
  readonly store: MirrorStore
  readonly signer: Signer
  /** What the releases say that they are a copy of. */
  readonly of: string
}

/** Each round one of several publishes of one package gets through. */
const TRIES = 20

/** A version that was published as it lay there. */
export interface ImportedVersion {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly sizeBytes: number
}

/** This machine published other bytes for the version before, and does not remember it. */
export interface Contradicted {
  readonly published: Digest
}

/**
 * Brings one archive, checks it against the digest that the index names, and publishes it as it is. It is signed only when what the node prepared is exactly
 * that version with exactly that digest. Throws what the source, the bytes and the node throw.
 */
export const importVersion = async (wanted: WantedVersion, mirroring: Mirroring, context: Context): Promise<ImportedVersion | Contradicted> => {
  const { source, store } = mirroring
  const { name, version } = wanted
  const chunks = await source.openArchive(name, version, context.deadline.signal)
  await using draft = await store.draft(vouchedBytes(chunks, name, version))
  try {
    const { identity, digest, sizeBytes } = await publish(draft.path, wanted, { ...mirroring, context })
    return { name, version: version.version, identity, digest, sizeBytes }
  } catch (error) {
    const published = isGgenError(error, 'conflict') ? error.details['published'] : undefined
    if (typeof published === 'string') return { published: published as Digest }
    throw error
  }
}

const publish = async (path: string, wanted: WantedVersion, { signer, of, context }: Mirroring & { readonly context: Context }): Promise<ReceiptReply> => {
  const { client, deadline } = context
  const { name, version: { version, digest } } = wanted
  const { identity, chain, publicKey: feed } = signer
  for (let left = TRIES; ; left -= 1) {
    try {
      const prepared = await client.prepare({ path, identity, chain, feed, mirror: { of } }, deadline.signal)
      if (prepared.state === 'published') return checked(prepared.receipt, wanted)
      if (prepared.name !== name || prepared.version !== version) throw otherPackage(wanted, `${prepared.name}@${prepared.version}`)
      const signature = await signer.sign({
        payload: prepared.payload,
        why: `publish ${name} ${version} as a mirror`,
        isExpected: (op) => op.type === 'release' && op.identity === identity && op.feed === feed && op.mirror?.of === of &&
          op.body.name === name && op.body.version === version && op.body.artifact.digest === digest,
      })
      return await client.commit(prepared.intent, [{ key: feed, signature }], deadline.signal)
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'publish-expired')) throw error
    }
  }
}

const checked = (receipt: ReceiptReply, wanted: WantedVersion): ReceiptReply => {
  if (receipt.name !== wanted.name || receipt.version !== wanted.version.version) throw otherPackage(wanted, `${receipt.name}@${receipt.version}`)
  return receipt
}

const otherPackage = ({ name, version }: WantedVersion, inside: string): GgenError =>
  new GgenError('manifest-invalid', `the index calls it ${name}@${version.version}, and the archive says that it is ${inside}`)

/** What is wrong with one version, and leaves the others as they are. */
const OF_ONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'blob-not-found', 'integrity', 'peer-unreachable', 'timeout', 'denied', 'path-not-found', 'archive-unsafe', 'archive-broken', 'archive-too-large',
  'manifest-missing', 'manifest-invalid', 'name-invalid', 'version-invalid', 'conflict', 'publish-expired',
])

/** Whether the import can go on with the next version. */
export const isOfOneVersion = (error: unknown, signal: AbortSignal): error is GgenError => !signal.aborted && isGgenError(error) && OF_ONE.has(error.code)
