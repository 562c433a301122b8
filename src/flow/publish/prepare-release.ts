import {
  type Digest, type Fingerprint, GgenError, type IdentityId, type OpId, type PackageName, type PublicKey, type ReleaseOp, type Summary, type Version,
  versionSlot,
} from '#core'
import type { Intent, TrustStore } from '#store'
import { encodePayload, type IdentityView, opIdOf, type PackageView } from '#trust'

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

export interface ReleaseDraft {
  readonly identity: IdentityView
  readonly feed: PublicKey
  /** What is known of the package so far. */
  readonly known: PackageView
  readonly facts: ReleaseFacts
  readonly metadata: { readonly digest: Digest; readonly sizeBytes: number }
  /** Unix milliseconds. */
  readonly now: number
  /** Unix seconds of the latest op this one may stand on: a clock that went back must not date a child before its parents. */
  readonly notBefore: number
}

export interface PreparedRelease {
  readonly intent: OpId
  readonly payload: Uint8Array
}

/**
 * The release that holds the slot of a version already: the very same one when the bytes are the same. Throws `conflict` for other bytes:
 * a version is bound to its bytes for ever.
 */
export const alreadyPublished = (known: PackageView | undefined, { manifest, fingerprint }: ReleaseFacts): ReleaseOp | undefined => {
  const holder = known?.releases.get(versionSlot(manifest.version))
  if (holder === undefined) return undefined
  const { artifact, version } = holder.release.body
  if (version === manifest.version && artifact.sha512 === fingerprint.sha512 && holder.standing !== 'disputed') return holder.release
  throw new GgenError('conflict', `${manifest.name}@${version} is published already with other bytes (${artifact.digest.slice(0, 19)}…)`, {
    details: { name: manifest.name, version, published: artifact.digest, offered: fingerprint.digest },
  })
}

/**
 * Fixes the exact payload of the next op of the feed and journals it before anybody can sign it, so that a crash can never make a publisher
 * contradict itself. The feed's end is the later one of what this node signed and what the network knows.
 */
export const prepareRelease = (trust: TrustStore, draft: ReleaseDraft): PreparedRelease => {
  const { identity, feed, known, facts, metadata, now, notBefore } = draft
  const { name, version } = facts.manifest
  return trust.transact(() => {
    const end = laterEnd(trust.ownHead(identity.identity, name, feed), known.heads.get(feed))
    const seq = end === undefined ? 0 : end.seq + 1
    const payload = encodePayload({
      type: 'release',
      identity: identity.identity,
      feed,
      seq,
      ...(end !== undefined && { prev: end.head }),
      at: Math.max(Math.floor(now / 1000), notBefore),
      body: {
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
      },
    })
    const intent = opIdOf(payload)
    trust.putIntent({ id: intent, identity: identity.identity, feed, name, version, seq, payload, state: 'prepared', createdAt: now })
    return { intent, payload }
  })
}

interface FeedEnd {
  readonly seq: number
  readonly head: OpId
}

const laterEnd = (own: FeedEnd | undefined, seen: FeedEnd | undefined): FeedEnd | undefined =>
  own === undefined || (seen !== undefined && seen.seq > own.seq) ? seen : own

/** A publisher whose last op a feed shows as forked cannot go on with that feed; the identity of a fork is for its owner to resolve. */
export const assertFeedHealthy = (known: PackageView, feed: PublicKey, identity: IdentityId): void => {
  if (known.suspended.some((suspension) => suspension.feed === feed)) {
    throw new GgenError('conflict', `the key of ${identity} signed two different records at one place; ${known.name} cannot go on with it`, {
      hint: 'publish with another release key of this identity, and find out who else has this one',
    })
  }
}

/**
 * What the network told between preparing and committing may have taken the place: another machine with the same key, another key of the
 * same identity. Throws `publish-expired`; preparing again then finds a conflict, the same release, or the new end of the feed.
 */
export const assertStillNext = (intent: Intent, known: PackageView | undefined): void => {
  if (intent.state !== 'prepared') return
  const holder = known?.releases.get(versionSlot(intent.version))
  const end = known?.heads.get(intent.feed)
  if (holder === undefined && (end === undefined || end.seq < intent.seq)) return
  throw new GgenError('publish-expired', `another release of ${intent.name} came between`)
}
