import type { BlobSource } from '#bulk'
import type { Artifact, Clock, Events, IdentityId, PackageSpec, PeerId, Random, ReleaseOp, Urgency } from '#core'
import { type PackageKey, readSeedPolicy, replicate, type Replication, Seeder, type SeedPolicy, type SeedSettings } from '#flow/seed'
import type { Network } from '#network'
import type { BlobStore, Catalogue, KeptSignal, RegistryRecords, SweptBlobs, TrustStore } from '#store'
import type { PackageView } from '#trust'
import { type CheckedBlobs, HeldBlobs, type HeldUsage } from './held-blobs.ts'
import { Pins } from './pins.ts'
import type { Keeping, PinnedPackage, ReplicaRequest } from './marketplace.ts'

export interface KeeperParts {
  readonly network: Network
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
  readonly trust: TrustStore
  /** What publishers were promised; absent: nothing. */
  readonly promises?: RegistryRecords
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  readonly source: BlobSource
  /** Whose packages this node keeps for others. */
  readonly seed: SeedSettings
  /** The release that a spec means. */
  readonly find: (spec: PackageSpec, signal: AbortSignal) => Promise<ReleaseOp>
  /** Brings, verifies and stores it. */
  readonly fetch: (spec: PackageSpec, urgency: Urgency, signal: AbortSignal) => Promise<unknown>
  readonly view: (key: PackageKey) => PackageView | undefined
  /** Whether this node gives a release to nobody. */
  readonly refuses: (release: ReleaseOp) => boolean
  /** Asks a peer for the ops of a package. */
  readonly learn: (key: PackageKey, from: PeerId, signal: AbortSignal) => Promise<unknown>
  /** Connected peers that say they hold the whole archive. */
  readonly holdersOf: (artifact: Artifact, signal: AbortSignal) => Promise<readonly PeerId[]>
}

/** Everything that has to do with copies that stay: pins, seeding for others, asking others to seed. */
export class Keeper implements Keeping {
  readonly #parts: KeeperParts
  readonly #policy: SeedPolicy
  readonly #pins: Pins
  readonly #held: HeldBlobs

  /** Throws `config-invalid` for a pattern that means nothing. */
  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#held = new HeldBlobs(parts.blobs)
    this.#policy = readSeedPolicy(parts.seed)
    this.#pins = new Pins({ ...parts, fetch: (spec, signal) => parts.fetch(spec, 'interactive', signal) })
  }

  /** Begins to answer peers that ask for copies, and to fetch what is followed. Dispose to stop. */
  seed(): AsyncDisposable {
    const { fetch, view, learn, trust } = this.#parts
    return new Seeder({
      ...this.#parts,
      policy: this.#policy,
      pinned: () => this.#pins.releases,
      boundTo: (name) => trust.pin(name)?.identity,
      view,
      learn,
      fetch: (spec, signal) => fetch(spec, 'background', signal),
    })
  }

  /** Releases that were published from here stay here. */
  keepOwn(releases: readonly ReleaseOp[]): void {
    this.#pins.keepOwn(releases)
  }

  /** The packages that stay here, for search: the same object as long as they are the same. */
  get kept(): readonly KeptSignal[] {
    return this.#pins.signals
  }

  /**
   * Whether something of an identity is ours, promised, pinned, bound to it or followed. A followed name alone says nothing of who publishes under it, so
   * it makes nobody dear.
   */
  isDear(identity: IdentityId): boolean {
    const { trust, promises } = this.#parts
    return this.#policy.identities.has(identity) || trust.isDear(identity) || promises?.isPublisher(identity) === true
  }

  usage(): Promise<HeldUsage> {
    return this.#held.usage()
  }

  clear(signal: AbortSignal): Promise<SweptBlobs> {
    return this.#held.clear(signal)
  }

  check(signal: AbortSignal): Promise<CheckedBlobs> {
    return this.#held.check(signal)
  }

  pin(spec: PackageSpec, signal: AbortSignal): Promise<PinnedPackage> {
    return this.#pins.pin(spec, signal)
  }

  unpin(spec: PackageSpec): Promise<readonly PinnedPackage[]> {
    return this.#pins.unpin(spec)
  }

  pins(): Promise<readonly PinnedPackage[]> {
    return this.#pins.all()
  }

  async replicate(spec: PackageSpec, request: ReplicaRequest, signal: AbortSignal): Promise<Replication> {
    return await this.replicateRelease(await this.#parts.find(spec, signal), request, signal)
  }

  /** As `replicate`, of a release at hand. */
  replicateRelease(release: ReleaseOp, { replicas, waitMs }: ReplicaRequest, signal: AbortSignal): Promise<Replication> {
    return replicate(this.#parts, release, { replicas, waitMs, signal })
  }
}
