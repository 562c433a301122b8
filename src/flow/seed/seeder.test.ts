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

  it('declines what it gives to nobody, whether it follows or holds it, and does not fetch it', async () => {
    const { scene, publisher, release } = await stage()
    const later = scene.ada.release('io.ggen.tool', '1.1.0')
    await using node = scene.join({ follow: ['io.ggen.*'], refuses: ({ body }) => body.version === '1.0.0' })
    scene.link(publisher, node)
    publisher.hear(later, 'own')
    await keepArchive(publisher.blobs, later)
    for (const op of [release, later]) node.hear(op)
    await until('it has fetched the other one', () => node.holds(later))
    assert.deepEqual(await ask(publisher, node, release), { answer: 'declined', why: 'policy' })
    await keepArchive(node.blobs, release)
    assert.deepEqual(await ask(publisher, node, release), { answer: 'declined', why: 'policy' })
    assert.deepEqual(node.fetched.map(({ range }) => range), ['1.1.0'])
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

  it('lets older archives go for whom the user chose, but not for who only has a followed name', async () => {
    const { scene, publisher, release } = await stage()
    const { identity, body: { name } } = release
    const old = scene.ada.release('old', '1.0.0')
    const quotaBytes = release.body.artifact.sizeBytes + old.body.artifact.sizeBytes - 1
    const earlier = scene.ada.release('io.ggen.tool', '0.9.0').body.version
    const chosen = [{ follow: [`@${identity}`] }, { follow: ['io.ggen.*'], boundTo: () => identity }, { pinned: [{ identity, name, version: earlier }] }]
    for (const why of chosen) {
      await using node = scene.join({ ...why, quotaBytes })
      await keepArchive(node.blobs, old)
      scene.link(publisher, node)
      assert.deepEqual(await ask(publisher, node, release), { answer: 'willing' })
      await until('it has fetched', () => node.holds(release))
      assert.equal(await node.holds(old), false)
    }
    for (const why of [{ all: true }, { follow: ['io.ggen.*'] }, { all: true, follow: ['io.ggen.*'], boundTo: () => scene.bob.identity }]) {
      await using node = scene.join({ ...why, quotaBytes })
      await keepArchive(node.blobs, old)
      scene.link(publisher, node)
      node.hear(release)
      assert.deepEqual(await ask(publisher, node, release), { answer: 'declined', why: 'quota' })
      assert.deepEqual(node.fetched, [])
      assert.equal(await node.holds(old), true)
    }
  })

  it('declines a followed name that is contested, except for whom it is bound to', async () => {
    const { scene, publisher, release } = await stage()
    const rival = scene.bob.release('io.ggen.tool', '2.0.0')
    const { identity } = release
    await using torn = scene.join({ follow: ['io.ggen.*'] })
    await using bound = scene.join({ follow: ['io.ggen.*'], boundTo: () => identity })
    publisher.hear(rival, 'own')
    await keepArchive(publisher.blobs, rival)
    for (const node of [torn, bound]) for (const op of [release, rival]) node.catalogue.putOp(op)
    scene.link(publisher, torn, bound)
    assert.deepEqual(await ask(publisher, torn, rival), { answer: 'declined', why: 'policy' })
    assert.deepEqual(await ask(publisher, torn, release), { answer: 'declined', why: 'policy' })
    assert.deepEqual(await ask(publisher, bound, rival), { answer: 'declined', why: 'policy' })
    assert.deepEqual(await ask(publisher, bound, release), { answer: 'willing' })
    await until('it has fetched', () => bound.holds(release))
    assert.equal(torn.fetched.length, 0)
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

  it('leaves a followed name that is contested, heard of or missed, also when it becomes so while it waits', async () => {
    const { scene, publisher, release } = await stage()
    const catalogue = memoryCatalogue()
    const rival = scene.bob.release('io.ggen.tool', '2.0.0')
    const [first, second, late] = ['a', 'b', 'late'].map((end) => scene.ada.release(`io.ggen.${end}`, '1.0.0'))
    assert.ok(first && second && late)
    const ends: (() => void)[] = []
    await using node = scene.join({ follow: ['io.ggen.*'], catalogue, fetch: () => new Promise((resolve) => { ends.push(() => resolve(undefined)) }) })
    for (const op of [first, second, release, rival, late]) node.hear(op)
    scene.link(publisher, node)
    await until('two are fetched', () => ends.length === LIMITS.seedPulls)
    for (const end of ends) end()
    await until('the last is fetched', () => node.fetched.some(({ name }) => name === 'io.ggen.late'))
    await using again = scene.join({ follow: ['io.ggen.*'], catalogue, fetch: async () => undefined })
    scene.link(publisher, again)
    await until('it has caught up', () => again.fetched.length === 3)
    for (const { fetched } of [node, again]) assert.ok(fetched.every(({ name }) => name !== 'io.ggen.tool'))
    ends.at(-1)?.()
  })

  it('reports a catalogue that breaks while it hears of something, and lets others hear of it', async () => {
    const { scene, release } = await stage()
    const boundTo = (): never => { throw new GgenError('store-broken', 'the disk is gone') }
    await using node = scene.join({ follow: ['io.ggen.*'], boundTo })
    node.hear(release)
    assert.deepEqual(node.events.map((event) => (event.type === 'task-failed' ? event.code : event.type)).sort(), ['release-added', 'store-broken'])
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
