import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, LIMITS, type PeerId, type ReleaseOp } from '#core'
import { memoryBlobStore, memoryCatalogue } from '#store'
import { decodeSeedAnswer, encodeSeedQuestion, type SeedAnswer } from '#wire'
import { until } from '#testing'
import { keepArchive, type SeedNode, SeedScene } from './seed-scene.conformance.ts'
import type { SeedParts } from './seeder.ts'

const never = new AbortController().signal

const ask = async (from: SeedNode, to: SeedNode, release: ReleaseOp): Promise<SeedAnswer> => {
  const question = encodeSeedQuestion({ release: release.id, identity: release.identity, name: release.body.name })
  return decodeSeedAnswer(await from.network.ask(to.network.self, '/ggen/seed/1', question, never))
}

const untilAborted: SeedParts['fetch'] = (_, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

interface Stage {
  readonly scene: SeedScene
  readonly publisher: SeedNode
  readonly release: ReleaseOp
}

const stage = async (name = 'io.ggen.tool'): Promise<Stage> => {
  const scene = new SeedScene()
  const release = scene.ada.release(name, '1.0.0')
  const publisher = scene.join()
  publisher.hear(release, 'own')
  await keepArchive(publisher.blobs, release)
  return { scene, publisher, release }
}

describe('a seeder that is asked', () => {
  it('fetches what it follows and says that it will, then that it holds it', async () => {
    const { scene, publisher, release } = await stage()
    await using node = scene.join({ follow: ['io.ggen.*'] })
    scene.link(publisher, node)
    assert.deepEqual(await ask(publisher, node, release), { answer: 'willing' })
    await until('it has fetched', () => node.holds(release))
    assert.deepEqual(node.fetched, [{ identity: release.identity, name: 'io.ggen.tool', range: '1.0.0' }])
    assert.deepEqual(await ask(publisher, node, release), { answer: 'held' })
  })

  it('says that it holds what it holds, whatever it follows', async () => {
    const { scene, publisher, release } = await stage()
    await using node = scene.join()
    node.hear(release, 'own')
    await keepArchive(node.blobs, release)
    scene.link(publisher, node)
    assert.deepEqual(await ask(publisher, node, release), { answer: 'held' })
  })

  it('declines what it does not follow without asking anything', async () => {
    const { scene, publisher, release } = await stage()
    await using node = scene.join({ follow: ['other'] })
    scene.link(publisher, node)
    assert.deepEqual(await ask(publisher, node, release), { answer: 'declined', why: 'policy' })
    assert.equal(node.catalogue.opBytes(release.id), undefined)
  })

  it('learns of a release that it did not know, and declines one that nobody can show', async () => {
    const { scene, publisher, release } = await stage()
    await using node = scene.join({ follow: ['io.ggen.*'] })
    scene.link(publisher, node)
    const unknown = scene.ada.release('io.ggen.unknown', '1.0.0')
    assert.deepEqual(await ask(publisher, node, unknown), { answer: 'declined', why: 'unknown-release' })
    assert.deepEqual(await ask(publisher, node, release), { answer: 'willing' })
    assert.notEqual(node.catalogue.opBytes(release.id), undefined)
  })

  it('follows what is pinned, and everything when it keeps all', async () => {
    const { scene, publisher, release } = await stage()
    const { identity, body: { name, version } } = scene.ada.release('io.ggen.tool', '0.9.0')
    await using pinning = scene.join({ pinned: [{ identity, name, version }] })
    await using hoarding = scene.join({ all: true })
    scene.link(publisher, pinning, hoarding)
    assert.deepEqual(await ask(publisher, pinning, release), { answer: 'willing' })
    assert.deepEqual(await ask(publisher, hoarding, release), { answer: 'willing' })
    await until('both have it', async () => (await pinning.holds(release)) && (await hoarding.holds(release)))
  })

  it('declines for want of room, and after a fetch has found the disk full for a while everything', async () => {
    const { scene, publisher, release } = await stage()
    await using small = scene.join({ all: true, quotaBytes: 5 })
    await using full = scene.join({ all: true, fetch: async () => { throw new GgenError('disk-full', 'no room') } })
    scene.link(publisher, small, full)
    assert.deepEqual(await ask(publisher, small, release), { answer: 'declined', why: 'quota' })
    assert.deepEqual(await ask(publisher, full, release), { answer: 'willing' })
    await until('the user is told', () => full.events.some((event) => event.type === 'task-failed' && event.code === 'disk-full'))
    assert.deepEqual(await ask(publisher, full, release), { answer: 'declined', why: 'quota' })
    scene.clock.advance(LIMITS.seedEveryMs)
    assert.deepEqual(await ask(publisher, full, release), { answer: 'willing' })
  })

  it('lets older archives go for what it follows, but not for what it only collects', async () => {
    const { scene, publisher, release } = await stage()
    const old = scene.ada.release('old', '1.0.0')
    const quotaBytes = release.body.artifact.sizeBytes + old.body.artifact.sizeBytes - 1
    await using following = scene.join({ follow: ['io.ggen.*'], quotaBytes })
    await using collecting = scene.join({ all: true, quotaBytes })
    for (const { blobs } of [following, collecting]) await keepArchive(blobs, old)
    scene.link(publisher, following, collecting)
    assert.deepEqual(await ask(publisher, collecting, release), { answer: 'declined', why: 'quota' })
    assert.deepEqual(await ask(publisher, following, release), { answer: 'willing' })
    await until('it has fetched', () => following.holds(release))
    assert.equal(await following.holds(old), false)
    assert.equal(await collecting.holds(old), true)
  })

  it('is busy when enough waits', async () => {
    const { scene, publisher, release } = await stage()
    await using node = scene.join({ all: true, fetch: untilAborted })
    scene.link(publisher, node)
    for (let n = 0; n < LIMITS.seedQueue + LIMITS.seedPulls; n++) node.hear(scene.ada.release(`io.ggen.n${n}`, '1.0.0'))
    assert.deepEqual(await ask(publisher, node, release), { answer: 'declined', why: 'busy' })
  })

  it('refuses a question that is malformed', async () => {
    const { scene, publisher } = await stage()
    await using node = scene.join({ all: true })
    scene.link(publisher, node)
    await assert.rejects(publisher.network.ask(node.network.self, '/ggen/seed/1', Buffer.from('?'), never), { code: 'frame-invalid' })
  })
})

describe('a seeder by itself', () => {
  it('fetches new releases of what it follows when it hears of them, and no others', async () => {
    const { scene, publisher, release } = await stage()
    await using node = scene.join({ follow: ['io.ggen.*'] })
    scene.link(publisher, node)
    const foreign = scene.ada.release('foreign', '1.0.0')
    await keepArchive(publisher.blobs, foreign)
    node.hear(foreign, 'gossip')
    node.hear(release, 'sync')
    await until('it has fetched', () => node.holds(release))
    assert.deepEqual(node.fetched.map(({ name }) => name), ['io.ggen.tool'])
  })

  it('catches up, after a restart and when a peer is there, on what it missed while it was away', async () => {
    const { scene, publisher, release } = await stage()
    const catalogue = memoryCatalogue()
    const blobs = memoryBlobStore()
    await using before = scene.join({ catalogue, blobs })
    before.hear(release)
    assert.deepEqual(before.fetched, [])
    await using node = scene.join({ follow: ['io.ggen.*'], catalogue, blobs })
    assert.deepEqual(node.fetched, [])
    scene.link(publisher, node)
    await until('it has fetched', () => node.holds(release))
  })

  it('tries again when nobody had it, soon at first, and stops when it has it', async () => {
    const { scene, publisher, release } = await stage()
    const early = scene.join()
    await using node = scene.join({ follow: ['io.ggen.*'] })
    scene.link(early, node)
    node.hear(release)
    await until('it has tried', () => node.fetched.length > 0)
    assert.ok(!(await node.holds(release)))
    scene.link(publisher, node)
    const begun = scene.clock.monotonic()
    await until('it has fetched', async () => {
      scene.clock.advance(10_000)
      return await node.holds(release)
    })
    assert.ok(scene.clock.monotonic() - begun < 2 * LIMITS.seedEveryMs)
    const tries = node.fetched.length
    scene.clock.advance(4 * LIMITS.seedEveryMs)
    assert.equal(node.fetched.length, tries)
  })

  it('brings back a pinned release that is gone, though it follows nothing', async () => {
    const { scene, publisher, release } = await stage()
    const catalogue = memoryCatalogue()
    await using before = scene.join({ catalogue })
    before.hear(release)
    const { identity, body: { name, version } } = release
    await using node = scene.join({ catalogue, pinned: [{ identity, name, version }] })
    scene.link(publisher, node)
    await until('it has fetched', () => node.holds(release))
  })

  it('reports what no time heals, once, and does not try it again', async () => {
    const { scene, publisher, release } = await stage()
    await using node = scene.join({ follow: ['io.ggen.*'], fetch: async () => { throw new GgenError('archive-unsafe', 'a symbolic link') } })
    scene.link(publisher, node)
    node.hear(release)
    const failures = (): number => node.events.filter((event) => event.type === 'task-failed' && event.task === 'seed io.ggen.tool@1.0.0').length
    await until('it is reported', () => failures() === 1)
    node.hear(release)
    node.hear(scene.ada.release('io.ggen.later', '1.0.0'))
    await until('the next one was tried', () => node.fetched.some(({ name }) => name === 'io.ggen.later'))
    assert.equal(node.fetched.filter(({ name }) => name === 'io.ggen.tool').length, 1)
    assert.equal(failures(), 1)
  })

  it('ends with everything that it was doing when it is disposed', async () => {
    const { scene, publisher, release } = await stage()
    let aborted = false
    const node = scene.join({
      all: true,
      fetch: async (_, signal) => {
        signal.addEventListener('abort', () => { aborted = true })
        return await untilAborted(_, signal)
      },
    })
    scene.link(publisher, node)
    assert.deepEqual(await ask(publisher, node, release), { answer: 'willing' })
    await node[Symbol.asyncDispose]()
    assert.ok(aborted)
    assert.deepEqual(node.events.filter(({ type }) => type === 'task-failed'), [])
    await assert.rejects(publisher.network.ask(node.network.self as PeerId, '/ggen/seed/1', Buffer.of(), never), { code: 'peer-unreachable' })
  })
})
