import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BlobSource } from '#bulk'
import { type ChainOp, Events, type FeedOp, GgenError, type PackageSpec, parsePackageSpec, type PeerId, type ReleaseOp, type Urgency } from '#core'
import type { SeedSettings } from '#flow/seed'
import { memoryHub, type Network } from '#network'
import { type BlobStore, memoryBlobStore, memoryCatalogue, memoryTrustStore, type TrustStore } from '#store'
import { openOp, reopenOp, viewIdentity, viewPackage } from '#trust'
import { Publisher, seeded, TestClock, until } from '#testing'
import { Keeper, type KeeperParts } from './keeper.ts'

const never = new AbortController().signal
const ada = new Publisher('ada')
const release = ada.release('io.ggen.tool', '1.0.0')
const bytes = Buffer.from('io.ggen.tool 1.0.0')
const NOTHING: SeedSettings = { follow: [], all: false }

interface Node {
  readonly network: Network
  readonly blobs: BlobStore
  readonly keeper: Keeper
  readonly events: Events
  readonly trust: TrustStore
  readonly fetched: (readonly [PackageSpec, Urgency])[]
}

const put = async (blobs: BlobStore): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(bytes)
  await writer.seal(release.body.artifact.digest)
}

/** Nodes that all know the release, and get its bytes when they fetch. */
class Scene {
  readonly clock = new TestClock()
  readonly hub = memoryHub({ clock: this.clock })
  readonly nodes: Node[] = []

  join(seed: SeedSettings = NOTHING): Node {
    const [network, blobs, catalogue, events, trust] = [this.hub.join(), memoryBlobStore(), memoryCatalogue(), new Events(), memoryTrustStore()]
    const fetched: (readonly [PackageSpec, Urgency])[] = []
    const genesis = openOp(ada.genesis) as ChainOp
    const holding = (peer: PeerId): BlobStore | undefined => this.nodes.find((node) => node.network.self === peer)?.blobs
    const source: BlobSource = {
      carrier: () => 'memory',
      read: async function* ({ peer, digest, offset, length }) {
        const theirs = holding(peer)
        if (theirs === undefined) throw new GgenError('peer-unreachable', 'gone')
        yield await theirs.read(digest, { offset, length })
      },
    }
    const parts: KeeperParts = {
      network, blobs, catalogue, events, source, seed, trust, clock: this.clock, random: seeded(network.self),
      find: async () => release,
      fetch: async (spec, urgency) => {
        fetched.push([spec, urgency])
        await put(blobs)
      },
      refuses: () => false,
      view: ({ identity, name }) => {
        const who = viewIdentity(identity, [genesis])
        return who && viewPackage(who, name, [reopenOp(release.bytes) as FeedOp])
      },
      learn: async () => undefined,
      holdersOf: async ({ digest }) => {
        const peers = network.peers().map(({ peer }) => peer)
        const sizes = await Promise.all(peers.map(async (peer) => await holding(peer)?.size(digest)))
        return peers.filter((_, index) => sizes[index] !== undefined)
      },
    }
    const node: Node = { network, blobs, events, trust, fetched, keeper: new Keeper(parts) }
    this.nodes.push(node)
    return node
  }
}

const replicated = async (scene: Scene, node: Node, replicas: number): Promise<readonly PeerId[]> => {
  const work = node.keeper.replicate(parsePackageSpec('io.ggen.tool'), { replicas, waitMs: 60_000 }, never)
  let over = false
  const settled = Promise.allSettled([work]).then(() => { over = true })
  await until('replication is over', () => {
    scene.clock.advance(1000)
    return over
  })
  await settled
  return (await work).holders
}

describe('a keeper', () => {
  it('gets copies from those that seed, which fetch in the background', async () => {
    const scene = new Scene()
    const publisher = scene.join()
    await put(publisher.blobs)
    const follower = scene.join({ follow: ['io.ggen.*'], all: false })
    await using _seeding = follower.keeper.seed()
    const other = scene.join()
    await using _others = other.keeper.seed()
    for (const { network } of [follower, other]) scene.hub.link(publisher.network.self, network.self)
    assert.deepEqual(await replicated(scene, publisher, 2), [follower.network.self])
    assert.deepEqual(follower.fetched, [[{ identity: ada.identity, name: 'io.ggen.tool', range: '1.0.0' }, 'background']])
    assert.deepEqual(other.fetched, [])
  })

  it('seeds a followed name only for the publisher to whom the name is bound here', async () => {
    const scene = new Scene()
    const publisher = scene.join()
    await put(publisher.blobs)
    const [ours, theirs] = [scene.join({ follow: ['io.ggen.*'], all: false }), scene.join({ follow: ['io.ggen.*'], all: false })]
    ours.trust.putPin({ name: release.body.name, identity: ada.identity, since: 1, how: 'first-use' })
    theirs.trust.putPin({ name: release.body.name, identity: new Publisher('bob').identity, since: 1, how: 'first-use' })
    await using _ours = ours.keeper.seed()
    await using _theirs = theirs.keeper.seed()
    for (const { network } of [ours, theirs]) scene.hub.link(publisher.network.self, network.self)
    assert.deepEqual(await replicated(scene, publisher, 2), [ours.network.self])
    assert.deepEqual(theirs.fetched, [])
  })

  it('pins at once, seeds what it has pinned, and stops when it is unpinned', async () => {
    const scene = new Scene()
    const node = scene.join()
    const pinned = await node.keeper.pin(parsePackageSpec('io.ggen.tool'), never)
    assert.deepEqual([pinned.reason, pinned.sizeBytes], ['pin', bytes.length])
    assert.equal(node.fetched[0]?.[1], 'interactive')
    await using _seeding = node.keeper.seed()
    const heard = (op: ReleaseOp): void =>
      node.events.emit({ type: 'release-added', identity: op.identity, name: op.body.name, version: op.body.version, source: 'gossip' })
    await node.keeper.unpin(parsePackageSpec('io.ggen.tool'))
    heard(release)
    assert.deepEqual(await node.keeper.pins(), [])
    assert.equal(node.fetched.length, 1)
  })

  it('keeps what was published from here', async () => {
    const node = new Scene().join()
    node.keeper.keepOwn([release])
    assert.deepEqual((await node.keeper.pins()).map(({ reason, name }) => [reason, name]), [['own', 'io.ggen.tool']])
  })

  it('does not begin with a pattern that means nothing', () => {
    assert.throws(() => new Scene().join({ follow: ['no name!'], all: false }), { code: 'config-invalid' })
  })
})
