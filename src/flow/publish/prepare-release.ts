import {
  type Digest, type Fingerprint, GgenError, type Mirror, type OneRegistry, type OpId, type PackageName, type ReleaseBody, type ReleaseOp, type Summary,
  type Version, versionSlot,
} from '#core'
import type { TrustStore } from '#store'
import type { PackageView } from '#trust'
import { type FeedSituation, journalOp, nextInFeed, type PreparedOp } from './journal-op.ts'

/** What the archive says of itself; the part of `#archive`'s facts that a release signs. */
export interface ReleaseFacts {
  readonly manifest: { readonly name: PackageName; readonly version: Version }
  readonly fingerprint: Fingerprint
  /** The chunk list of an archive of more than one piece. */
  readonly chunks?: OpId
  readonly summary: Summary
  readonly scripts: boolean
  readonly bins: number
  readonly dependencies: number
}

export interface ReleaseDraft extends FeedSituation {
  readonly facts: ReleaseFacts
  readonly metadata: { readonly digest: Digest; readonly sizeBytes: number }
  /** Where the archive came from, where its publisher is not its author. */
  readonly mirror?: Mirror
  /** Who alone is to be told of it; absent: everybody. */
  readonly tells?: OneRegistry
  /** What `latest` was said to mean stays. */
  readonly keepsLatest?: boolean
}

/**
 * The release that holds the slot of a version already: the very same one when the bytes are the same. Throws `conflict` for other bytes:
 * a version is bound to its bytes for ever.
 */
export const alreadyPublished = (known: PackageView | undefined, { manifest, fingerprint }: ReleaseFacts): ReleaseOp | undefined => {
  const holder = known?.releases.get(versionSlot(manifest.version))
  if (holder === undefined) return assertNotStaged(known, manifest)
  const { artifact, version } = holder.release.body
  if (version === manifest.version && artifact.sha512 === fingerprint.sha512 && holder.standing !== 'disputed') return holder.release
  throw new GgenError('conflict', `${manifest.name}@${version} is published already with other bytes (${artifact.digest.slice(0, 19)}…)`, {
    details: { name: manifest.name, version, published: artifact.digest, offered: fingerprint.digest },
  })
}

/** Another record about a version that waits would make two of it. */
const assertNotStaged = (known: PackageView | undefined, { name, version }: ReleaseFacts['manifest']): undefined => {
  const isStaged = known?.staged.some((op) => op.type === 'release' && versionSlot(op.body.version) === versionSlot(version)) === true
  if (!isStaged) return undefined
  const hint = `approve it: ggen approve ${name}@${version}; or publish under another version`
  throw new GgenError('conflict', `${name}@${version} is staged already`, { hint })
}

/**
 * How a release is dated: later than what was last said of `latest`, which loses its meaning to a later release, or no later where that stays. Throws
 * `publish-expired` where something was said since, so that it cannot.
 */
const datedFor = ({ known, now, notBefore, keepsLatest = false }: ReleaseDraft): Pick<FeedSituation, 'now' | 'notBefore'> => {
  const saidAt = known.tags.get('latest')?.at
  if (!keepsLatest) return { now, notBefore: saidAt === undefined ? notBefore : Math.max(notBefore, saidAt + 1) }
  if (saidAt !== notBefore) throw new GgenError('publish-expired', `another record of ${known.name} came between`)
  return { now: saidAt * 1000, notBefore }
}

/** Fixes the exact payload of the next release of the feed, and journals it. Throws `publish-expired`. */
export const prepareRelease = (trust: TrustStore, draft: ReleaseDraft): PreparedOp => {
  const { identity, facts, metadata, mirror } = draft
  const { name, version } = facts.manifest
  const body: ReleaseBody = {
    roles: identity.head,
    name,
    version,
    kind: 'tgz',
    artifact: { ...facts.fingerprint, ...(facts.chunks !== undefined && { chunks: facts.chunks }) },
    metadata,
    summary: facts.summary,
    scripts: facts.scripts,
    bins: facts.bins,
    dependencies: facts.dependencies,
    provenance: [],
  }
  const place = nextInFeed(trust, { ...draft, ...datedFor(draft) })
  return trust.transact(() => journalOp(trust, { type: 'release', ...place, ...(mirror !== undefined && { mirror }), body }, draft))
}
