import {
  CENTRAL_LIMITS, type Clock, type Digest, GgenError, isChainOp, isFeedOp, isGgenError, type Op, type OpId, type PackageName, type PeerId, type ReleaseOp,
  versionSlot,
} from '#core'
import { listChunks, storeBytes } from '#flow/publish'
import { awaitCopies } from '#flow/sync'
import { announceOps } from '#flow/announce'
import type { Replication } from '#flow/seed'
import type { PackageViews } from '#flow/verify'
import type { Network } from '#network'
import { blobNotFound, type BlobStore, type Catalogue, type PromisedBlob, type RegistryRecords } from '#store'
import { openOp, reopenOp } from '#trust'
import { chunkListDigest } from '#wire'
import type { Grant, Taken } from './shelf.ts'

export interface IntakeParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly views: PackageViews
  readonly promises: RegistryRecords
  /** Judges envelopes as if a peer had sent them. Throws `op-invalid`. */
  readonly judge: (envelopes: readonly Uint8Array[], signal: AbortSignal) => Promise<void>
  /** Brings an archive where it is not here, and verifies it against its release. */
  readonly bring: (release: ReleaseOp, signal: AbortSignal) => Promise<unknown>
  readonly replicate: (release: ReleaseOp, wish: { readonly replicas: number; readonly waitMs: number }, signal: AbortSignal) => Promise<Replication>
  /** There is something new here. */
  readonly spread: () => void
}

/** Takes in what publishers hand over: judged, whole, durable, and held by as many others as it has to be. */
export class ShelfIntake {
  readonly #parts: IntakeParts

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** As `Shelf.take`. */
  async take(envelopes: readonly Uint8Array[], grant: Grant, signal: AbortSignal): Promise<Taken> {
    const { promises, judge } = this.#parts
    const ops = envelopes.map(openOp)
    assertCovered(ops, grant)
    const known = new Set(ops.filter(({ id }) => promises.isPromised(id)).map(({ id }) => id))
    // Who may sign stands in the chains, and a stranger's archive is not even looked at.
    await judge(ops.filter(isChainOp).map(({ bytes }) => bytes), signal)
    const fresh = ops.filter((op) => op.type === 'release').filter(({ id }) => !known.has(id))
    for (const release of fresh) await this.#bring(release, signal)
    await judge(envelopes, signal)
    const held = ops.map((op) => this.#held(op))
    await this.#promise(held, grant)
    await announceOps(this.#parts.network, parentsFirst(held))
    this.#parts.spread()
    if (grant.replicas > 0) await this.#awaitReplicas(held, grant.replicas, signal)
    const ids = [...new Set(ops.map(({ id }) => id))]
    return { accepted: ids.filter((id) => !known.has(id)), known: ids.filter((id) => known.has(id)) }
  }

  /** Takes back in what was promised and is missing, because the catalogue was lost. */
  async resume(signal: AbortSignal): Promise<void> {
    const { promises, catalogue, judge } = this.#parts
    for (let after = 0; ; ) {
      const { ops, last } = promises.promisedOps(after, CENTRAL_LIMITS.opsPerPublish)
      const missing = ops.filter(({ id }) => catalogue.opBytes(id) === undefined)
      if (missing.length > 0) await judge(missing.map(({ envelope }) => envelope), signal)
      if (last === after) return
      after = last
    }
  }

  /** The archive comes from whoever has it: of registries that serve as one, another one may have got it. */
  async #bring(release: ReleaseOp, signal: AbortSignal): Promise<void> {
    const { blobs, clock, network, bring } = this.#parts
    const { artifact } = release.body
    const isHere = (await blobs.size(artifact.digest)) !== undefined
    if (!isHere && network.peers().length === 0) throw missing(artifact.digest)
    const soon = clock.timeout(CENTRAL_LIMITS.bringMs)
    try {
      await bring(release, isHere ? signal : AbortSignal.any([signal, soon]))
    } catch (error) {
      signal.throwIfAborted()
      if (soon.aborted || isGgenError(error, 'no-holder') || isGgenError(error, 'blob-not-found')) throw missing(artifact.digest, error)
      throw error
    }
    await this.#keepChunkList(release)
  }

  async #keepChunkList({ body: { artifact } }: ReleaseOp): Promise<void> {
    const { blobs } = this.#parts
    if (artifact.chunks === undefined || (await blobs.size(chunkListDigest(artifact.chunks))) !== undefined) return
    const list = await listChunks(blobs.stream(artifact.digest))
    if (list?.id !== artifact.chunks) throw new GgenError('integrity', 'the list of the pieces of the archive is not the one that was signed')
    await storeBytes(blobs, list.bytes)
  }

  /** As the catalogue has it, with all the signatures that came. */
  #held(op: Op): Op {
    const bytes = this.#parts.catalogue.opBytes(op.id)
    if (bytes !== undefined) return reopenOp(bytes)
    throw new GgenError('op-invalid', 'a record has no place here: what it stands on is missing, or it is dated in the future', {
      hint: 'send the chain of its publisher and all records of the package before it, too, and check the clock',
      details: { op: op.id },
    })
  }

  /** With everything that they stand on: a promise that needs somebody else's records is none. */
  async #promise(held: readonly Op[], { id: by }: Grant): Promise<void> {
    const { promises, catalogue, clock, blobs } = this.#parts
    const below = held.flatMap((op) => [
      ...catalogue.chainOps(op.identity), ...(isFeedOp(op) ? catalogue.feedOps(op.identity, op.body.name) : []),
    ])
    const owed = below.map(reopenOp).filter(({ id }) => !promises.isPromised(id))
    const all = new Map([...parentsFirst(owed), ...held].map((op) => [op.id, op]))
    const releases = held.filter((op) => op.type === 'release')
    promises.promise({ ops: [...all.values()], blobs: releases.flatMap(blobsOf), by, at: clock.now() })
    // Until it was promised, it could have gone for want of room.
    for (const { body: { artifact } } of releases) if ((await blobs.size(artifact.digest)) === undefined) throw missing(artifact.digest)
  }

  async #awaitReplicas(held: readonly Op[], replicas: number, signal: AbortSignal): Promise<void> {
    const waitMs = CENTRAL_LIMITS.replicasMs
    const shown = held.filter((op) => op.type === 'release').filter((release) => this.#stands(release))
    const [holders, ...copies] = await Promise.all([
      awaitCopies(this.#parts, held.map(({ id }) => id), { copies: replicas, waitMs, signal }),
      ...shown.map(async (release) => (await this.#parts.replicate(release, { replicas, waitMs }, signal)).holders),
    ])
    const fewest = [holders, ...copies].reduce<readonly PeerId[]>((least, one) => (one.length < least.length ? one : least), holders)
    if (fewest.length >= replicas) return
    throw new GgenError('replicas-missing', `it is stored here, and ${fewest.length} of ${replicas} other nodes hold it so far`, {
      hint: 'say it again in a moment; nothing is lost by that', details: { wanted: replicas, holders: fewest.length },
    })
  }

  /** What waits for more signatures is nobody's to keep yet. */
  #stands({ id, identity, body: { name, version } }: ReleaseOp): boolean {
    const view = this.#parts.views.package(identity, name)?.releases.get(versionSlot(version))
    return view?.release.id === id && (view.standing === 'live' || view.standing === 'deprecated')
  }
}

const assertCovered = (ops: readonly Op[], { covers }: Grant): void => {
  for (const op of ops) {
    if (isChainOp(op)) continue
    const name: PackageName | undefined = isFeedOp(op) ? op.body.name : undefined
    if (covers(name)) continue
    throw new GgenError('denied', name === undefined ? 'this token does not cover what is said of others' : `this token does not cover ${name}`, {
      hint: 'ask the operator of the registry for a token for this name', details: { ...(name !== undefined && { name }) },
    })
  }
}

const missing = (digest: Digest, cause?: unknown): GgenError => {
  const { message } = blobNotFound(digest)
  return new GgenError('blob-not-found', message, { cause, hint: 'send the archive first, then the release', details: { digest } })
}

const blobsOf = ({ identity, body: { name, version, artifact, metadata } }: ReleaseOp): readonly PromisedBlob[] =>
  [artifact.digest, metadata.digest, ...(artifact.chunks === undefined ? [] : [chunkListDigest(artifact.chunks)])]
    .map((digest) => ({ digest, release: { identity, name, version } }))

/** Chains, then feeds, each by their sequence numbers. */
const parentsFirst = (ops: readonly Op[]): readonly Op[] => {
  const rank = (op: Op): number => (isChainOp(op) ? 0 : 1)
  return [...new Map<OpId, Op>(ops.map((op) => [op.id, op])).values()].toSorted((a, b) => rank(a) - rank(b) || a.seq - b.seq)
}
