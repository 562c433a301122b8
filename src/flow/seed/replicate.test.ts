import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, LIMITS, type PeerId, type ReleaseOp } from '#core'
import { memoryBlobStore } from '#store'
import { replicate, type Replication } from './replicate.ts'
import { keepArchive, type SceneNode, type SeedNode, SeedScene } from './seed-scene.conformance.ts'

const never = new AbortController().signal

interface Stage {
  readonly scene: SeedScene
  readonly publisher: SeedNode
  readonly release: ReleaseOp
  readonly peers: readonly SeedNode[]
}

/** A publisher that holds `io.ggen.tool` 1.0.0, and peers that know of it, linked to it. */
const stage = async (...options: readonly SceneNode[]): Promise<Stage> => {
  const scene = new SeedScene()
  const release = scene.ada.release('io.ggen.tool', '1.0.0')
  const publisher = scene.join()
  publisher.hear(release, 'own')
  await keepArchive(publisher.blobs, release)
  const peers = options.map((one) => scene.join(one))
  scene.link(publisher, ...peers)
  return { scene, publisher, release, peers }
}

interface Trial {
  readonly replicas: number
  readonly waitMs?: number
  readonly signal?: AbortSignal
  readonly liars?: readonly PeerId[]
}

/** Replicates what the publisher holds; time passes by itself until it is over. */
const tried = ({ scene, publisher, release }: Omit<Stage, 'peers'>, { replicas, waitMs = 60_000, signal = never, liars = [] }: Trial): Promise<Replication> =>
  scene.passing(replicate(scene.replicating(publisher, release, liars), release, { replicas, waitMs, signal }))

const ids = (nodes: readonly SeedNode[]): string[] => nodes.map(({ network }) => network.self).sort()
const FOLLOWS: SceneNode = { follow: ['io.ggen.*'] }

describe('replicate', () => {
  it('of three peers of which two follow, two copies are had and both are named', async () => {
    const { scene, publisher, release, peers } = await stage(FOLLOWS, {}, FOLLOWS)
    const { holders, wanted } = await tried({ scene, publisher, release }, { replicas: 2 })
    assert.equal(wanted, 2)
    assert.deepEqual([...holders].sort(), ids([peers[0], peers[2]] as SeedNode[]))
  })

  it('when three are wanted, says that two have it and that the third declined, before the time is over', async () => {
    const { scene, publisher, release, peers } = await stage(FOLLOWS, {}, FOLLOWS)
    const began = scene.clock.monotonic()
    const { holders, declined, promised } = await tried({ scene, publisher, release }, { replicas: 3, waitMs: 600_000 })
    assert.equal(holders.length, 2)
    assert.deepEqual(declined, [{ peer: peers[1]?.network.self, why: 'policy' }])
    assert.deepEqual(promised, [])
    assert.ok(scene.clock.monotonic() - began < 10 * LIMITS.replicaHopeMs)
  })

  it('asks no more peers than it needs', async () => {
    const { scene, publisher, release, peers } = await stage(FOLLOWS, FOLLOWS, FOLLOWS, FOLLOWS, FOLLOWS)
    assert.equal((await tried({ scene, publisher, release }, { replicas: 2 })).holders.length, 2)
    const holding = await Promise.all(peers.map((peer) => peer.holds(release)))
    assert.equal(holding.filter(Boolean).length, 2)
  })

  it('counts those that have it already without asking anybody', async () => {
    const blobs = memoryBlobStore()
    const { scene, publisher, release, peers } = await stage({ blobs }, FOLLOWS)
    await keepArchive(blobs, release)
    assert.deepEqual((await tried({ scene, publisher, release }, { replicas: 1 })).holders, ids(peers.slice(0, 1)))
    assert.equal(await peers[1]?.holds(release), false)
  })

  it('does not count a peer that says it is willing and never fetches, and finds another', async () => {
    const { scene, publisher, release, peers } = await stage({ ...FOLLOWS, fetch: () => Promise.withResolvers<never>().promise })
    const lazy = await tried({ scene, publisher, release }, { replicas: 1, waitMs: 120_000 })
    assert.deepEqual({ holders: lazy.holders, promised: lazy.promised }, { holders: [], promised: ids(peers) })
    const helper = scene.join(FOLLOWS)
    scene.link(publisher, helper)
    assert.deepEqual((await tried({ scene, publisher, release }, { replicas: 1, waitMs: 120_000 })).holders, ids([helper]))
  })

  it('does not count a peer that claims to hold it and gives nothing, or other bytes', async () => {
    const broken = Object.assign(memoryBlobStore(), { read: async () => Buffer.from('wrong') })
    const { scene, publisher, release, peers } = await stage({}, { blobs: broken }, {})
    const liars = peers.slice(0, 2).map(({ network }) => network.self)
    const { holders, declined } = await tried({ scene, publisher, release }, { replicas: 1, liars })
    assert.deepEqual(holders, [])
    assert.equal(declined.find(({ peer }) => peer === liars[1])?.why, 'lied')
    assert.equal(declined.find(({ peer }) => peer === liars[0])?.why, 'policy')
  })

  it('names a full disk', async () => {
    const { scene, publisher, release, peers } = await stage({ ...FOLLOWS, quotaBytes: 5 })
    const { declined } = await tried({ scene, publisher, release }, { replicas: 1 })
    assert.deepEqual(declined, [{ peer: peers[0]?.network.self, why: 'quota' }])
    assert.deepEqual(peers[0]?.fetched, [])
  })

  it('asks peers that come while it waits, and survives those that leave', async () => {
    const { scene, publisher, release, peers } = await stage(FOLLOWS)
    scene.hub.cut(publisher.network.self, ids(peers)[0] as never)
    const late = scene.join(FOLLOWS)
    const coming = tried({ scene, publisher, release }, { replicas: 1, waitMs: 600_000 })
    scene.link(publisher, late)
    assert.deepEqual((await coming).holders, ids([late]))
  })

  it('fails when the archive is not here', async () => {
    const { scene, publisher } = await stage(FOLLOWS)
    const other = scene.ada.release('io.ggen.other', '1.0.0')
    publisher.hear(other, 'own')
    await assert.rejects(tried({ scene, publisher, release: other }, { replicas: 1 }), { code: 'blob-not-found' })
  })

  it('stops when nobody waits any more', async () => {
    const { scene, publisher, release } = await stage({ ...FOLLOWS, fetch: () => Promise.withResolvers<never>().promise })
    const gone = new AbortController()
    const waiting = tried({ scene, publisher, release }, { replicas: 1, waitMs: 600_000, signal: gone.signal })
    gone.abort(new GgenError('cancelled', 'the asker went away'))
    await assert.rejects(waiting, { code: 'cancelled' })
  })
})
