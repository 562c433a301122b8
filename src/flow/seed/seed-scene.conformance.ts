import type { BlobSource } from '#bulk'
import { type ChainOp, type Digest, Events, type FeedOp, GgenError, type GgenEvent, type PackageSpec, type PeerId, type ReleaseOp, versionSlot } from '#core'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { type BlobStore, type Catalogue, memoryBlobStore, memoryCatalogue } from '#store'
import { openOp, reopenOp, viewIdentity, viewPackage } from '#trust'
import { Publisher, seeded, TestClock } from '#testing'
import type { ReplicateParts } from './replicate.ts'
import { readSeedPolicy, type SeedSettings } from './seed-policy.ts'
import { Seeder, type SeedParts } from './seeder.ts'

const NOTHING: SeedSettings = { follow: [], all: false }

/** What is unusual about a node of the scene. */
export interface SceneNode extends Partial<SeedSettings> {
  readonly quotaBytes?: number
  readonly pinned?: ReturnType<SeedParts['pinned']>
  readonly boundTo?: SeedParts['boundTo']
  readonly refuses?: SeedParts['refuses']
  readonly fetch?: SeedParts['fetch']
  readonly blobs?: BlobStore
  readonly catalogue?: Catalogue
}

/** A node that may seed, and what happened to it. */
export interface SeedNode extends AsyncDisposable {
  readonly network: Network
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
  readonly events: readonly GgenEvent[]
  /** Specs in the order in which they were fetched. */
  readonly fetched: readonly PackageSpec[]
  /** Lets the node learn of a release, as gossip would. */
  hear(release: ReleaseOp, source?: 'gossip' | 'sync' | 'own'): void
  holds(release: ReleaseOp): Promise<boolean>
}

/** Stores what stands for the archive of a release of `Publisher`. */
export const keepArchive = async (blobs: BlobStore, release: ReleaseOp, content = `${release.body.name} ${release.body.version}`): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(Buffer.from(content))
  await writer.seal(release.body.artifact.digest)
}

/** Two publishers, any number of nodes, everything in memory. */
export class SeedScene {
  readonly clock = new TestClock()
  readonly ada = new Publisher('ada')
  readonly bob = new Publisher('bob')
  readonly hub: MemoryHub = memoryHub({ clock: this.clock })
  readonly #nodes = new Map<PeerId, SeedNode>()

  /** Bytes by asking the store of the other node, if there is a link. */
  readonly source = (from: SeedNode): BlobSource => ({
    carrier: () => 'memory',
    read: async function* (this: SeedScene, { peer, digest, offset, length }: { peer: PeerId; digest: Digest; offset: number; length: number }) {
      const holder = this.#linked(from).find(({ network }) => network.self === peer)
      if (holder === undefined) throw new GgenError('peer-unreachable', `${peer} is gone`)
      yield await holder.blobs.read(digest, { offset, length })
    }.bind(this),
  })

  join(options: SceneNode = {}): SeedNode {
    const { quotaBytes, catalogue = memoryCatalogue(), pinned = [], boundTo = () => undefined, refuses = () => false, ...settings } = options
    const { blobs = memoryBlobStore(quotaBytes === undefined ? {} : { quotaBytes }) } = options
    const events = new Events()
    const seen: GgenEvent[] = []
    const fetched: PackageSpec[] = []
    events.subscribe((event) => seen.push(event))
    const network = this.hub.join({ events })
    const node: Omit<SeedNode, typeof Symbol.asyncDispose> = {
      network, blobs, catalogue, events: seen, fetched,
      hear: (release, source = 'gossip') => {
        this.#admit(catalogue, release)
        events.emit({ type: 'release-added', identity: release.identity, name: release.body.name, version: release.body.version, source })
      },
      holds: async ({ body }) => (await blobs.size(body.artifact.digest)) !== undefined,
    }
    const seeder = new Seeder({
      network, catalogue, blobs, clock: this.clock, random: seeded(network.self), events,
      policy: readSeedPolicy({ ...NOTHING, ...settings }),
      pinned: () => pinned,
      boundTo,
      refuses,
      view: ({ identity, name }) => {
        const who = viewIdentity(identity, catalogue.chainOps(identity).map((bytes) => reopenOp(bytes) as ChainOp))
        return who && viewPackage(who, name, catalogue.feedOps(identity, name).map((bytes) => reopenOp(bytes) as FeedOp))
      },
      fetch: async (spec, signal) => {
        fetched.push(spec)
        await (options.fetch ?? ((one: PackageSpec) => this.#fetch(whole, one)))(spec, signal)
      },
      learn: async ({ identity, name }, from) => {
        const theirs = this.#nodes.get(from)?.catalogue
        for (const bytes of theirs?.feedOps(identity, name) ?? []) this.#admit(catalogue, openOp(bytes) as ReleaseOp)
      },
    })
    const whole: SeedNode = { ...node, [Symbol.asyncDispose]: () => seeder[Symbol.asyncDispose]() }
    this.#nodes.set(network.self, whole)
    return whole
  }

  link(from: SeedNode, ...to: readonly SeedNode[]): void {
    for (const node of to) this.hub.link(from.network.self, node.network.self)
  }

  /** What a node replicates with. `liars`: peers that say they hold whatever they are asked for. */
  replicating(node: SeedNode, release: ReleaseOp, liars: readonly PeerId[]): ReplicateParts {
    const holdersOf = async (): Promise<readonly PeerId[]> => {
      const linked = this.#linked(node)
      const held = await Promise.all(linked.map((one) => one.holds(release)))
      return linked.filter(({ network }, index) => held[index] === true || liars.includes(network.self)).map(({ network }) => network.self)
    }
    const { network, blobs } = node
    return { network, blobs, source: this.source(node), clock: this.clock, random: seeded('replicate'), holdersOf }
  }

  /** Moves the clock until the work is over. */
  async passing<Result>(work: Promise<Result>): Promise<Result> {
    let over = false
    const settled = Promise.allSettled([work]).then(() => { over = true })
    const turn = async (): Promise<void> => {
      for (let step = 0; step < 50; step++) await Promise.resolve()
      await new Promise((resolve) => setImmediate(resolve))
    }
    while (!over) {
      await turn()
      this.clock.advance(250)
    }
    await settled
    return await work
  }

  #admit(catalogue: Catalogue, release: ReleaseOp): void {
    const { body, identity, at, id } = release
    for (const publisher of [this.ada, this.bob]) if (publisher.identity === identity) catalogue.putOp(openOp(publisher.genesis))
    catalogue.putOp(release)
    const { name, version, artifact, summary, kind, scripts } = body
    catalogue.putEntry({ ...summary, identity, name, version, digest: artifact.digest, kind, scripts, deprecated: false, at, known: at, op: id })
  }

  #linked({ network }: SeedNode): SeedNode[] {
    return network.peers().flatMap(({ peer }) => this.#nodes.get(peer) ?? [])
  }

  async #fetch(node: SeedNode, { identity, name, range }: PackageSpec): Promise<void> {
    const ops = identity === undefined ? [] : node.catalogue.feedOps(identity, name).map((bytes) => reopenOp(bytes) as ReleaseOp)
    const release = ops.find(({ body }) => String(versionSlot(body.version)) === range)
    if (release === undefined) throw new GgenError('version-not-found', 'the catalogue does not know it')
    for (const holder of this.#linked(node)) {
      if (await holder.holds(release)) return await keepArchive(node.blobs, release)
    }
    throw new GgenError('no-holder', 'nobody has it')
  }
}
