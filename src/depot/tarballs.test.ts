import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, isGgenError, parsePeerId, type PeerId, type Sha512 } from '#core'
import { DepotScene, going, integrityOfBytes, TOOL } from './depot-scene.conformance.ts'
import { rankOf } from './team.ts'

const PEERS = ['12D3KooWGRUaSFnLbDRcEtNtRFLdoGyLD3RMGqzPFVAVBGrjxVjn', '12D3KooWALiceWALiceWALiceWALiceWALiceWALiceWALiceabc'].map(parsePeerId)
const BYTES = Buffer.from('the bytes of an archive')

describe('Tarballs', () => {
  it('come from the registry once, however many want them, and then from the disk', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    const first = await Promise.all([scene.read('1.0.0'), scene.read('1.0.0')])
    assert.deepEqual(first.map(({ bytes }) => bytes), [BYTES.toString(), BYTES.toString()])
    await scene.depot[Symbol.asyncDispose]()
    assert.equal(scene.registry.asksFor('tool/-/tool-1.0.0.tgz'), 1)
    scene.registry.isDown = true
    assert.deepEqual(await scene.read('1.0.0'), { bytes: BYTES.toString(), from: 'disk' })
  })

  it('are never handed on whole where they are not what the registry promises', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    scene.registry.says.set('tool/-/tool-1.0.0.tgz', { chunks: [Buffer.from('other '), Buffer.from('bytes')] })
    const seen: string[] = []
    const reading = (async () => {
      const tarball = await scene.depot.tarball({ name: TOOL, version: '1.0.0' }, going)
      for await (const chunk of tarball.read(going)) seen.push(Buffer.from(chunk).toString())
    })()
    await assert.rejects(reading, (error) => isGgenError(error, 'integrity'))
    assert.ok(!seen.join('').includes('bytes'))
    assert.equal(await scene.blobs.size(digestOf(Buffer.from('other bytes'))), undefined)
  })

  it('go on where a registry breaks off in the middle', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    let tries = 0
    scene.registry.says.set('tool/-/tool-1.0.0.tgz', () => {
      tries += 1
      return tries === 1 ? { chunks: [BYTES.subarray(0, 5), BYTES.subarray(5, 8)], breaks: true } : { chunks: [BYTES] }
    })
    assert.equal((await scene.read('1.0.0')).bytes, BYTES.toString())
    assert.equal(scene.registry.asked.at(-1)?.headers?.['range'], 'bytes=8-')
    assert.equal(tries, 2)
  })

  it('come from a peer that has them, by their hash alone', async () => {
    await using one = new DepotScene()
    await using two = new DepotScene(one.registry, 'peer-b')
    one.registry.publish('1.0.0', BYTES)
    await one.read('1.0.0')
    await one.depot[Symbol.asyncDispose]()
    two.others.push(one)
    assert.deepEqual(await two.inTime(two.read('1.0.0')), { bytes: BYTES.toString(), from: 'peer' })
    assert.equal(one.registry.asksFor('tool/-/tool-1.0.0.tgz'), 1)
  })

  it('name those who gave them, and not who was asked', async () => {
    const [first, second] = [PEERS[0] ?? assert.fail(), PEERS[1] ?? assert.fail()]
    await using one = new DepotScene(undefined, first)
    await using none = new DepotScene(one.registry, second)
    await using two = new DepotScene(one.registry, 'peer-b')
    one.registry.publish('1.0.0', BYTES)
    await one.read('1.0.0')
    await one.depot[Symbol.asyncDispose]()
    two.others.push(one, none)
    const givers = [{ peer: second, bytes: BYTES.length - 3 }, { peer: first, bytes: 3 }]
    two.whoGives = () => givers
    const tarball = await two.inTime(two.depot.tarball({ name: TOOL, version: '1.0.0' }, going))
    assert.deepEqual(tarball.brought(), { from: 'peer', givers })
  })

  it('came from this disk where no peer had to give a byte any more', async () => {
    await using one = new DepotScene(undefined, PEERS[0])
    await using none = new DepotScene(one.registry, PEERS[1])
    await using two = new DepotScene(one.registry, 'peer-b')
    one.registry.publish('1.0.0', BYTES)
    await one.read('1.0.0')
    await one.depot[Symbol.asyncDispose]()
    two.others.push(one, none)
    two.whoGives = () => []
    const { from, givers } = await two.inTime(two.depot.bring({ name: TOOL, version: '1.0.0' }, going))
    assert.deepEqual([from, givers], ['disk', undefined])
  })

  it('say at their end who gave the rest of what the registry had begun to send', async () => {
    await using one = new DepotScene()
    await using two = new DepotScene(one.registry, 'peer-b')
    one.registry.publish('1.0.0', BYTES)
    await one.read('1.0.0')
    await one.depot[Symbol.asyncDispose]()
    one.registry.says.set('tool/-/tool-1.0.0.tgz', () => {
      two.others.push(one)
      return { chunks: [BYTES.subarray(0, 5), BYTES.subarray(5, 8)], breaks: true }
    })
    const { tarball, before, bytes } = await two.inTime((async () => {
      const opened = await two.depot.tarball({ name: TOOL, version: '1.0.0' }, going)
      const begun = opened.brought().from
      return { tarball: opened, before: begun, bytes: Buffer.concat(await Array.fromAsync(opened.read(going))) }
    })())
    assert.deepEqual([before, bytes], ['upstream', BYTES])
    assert.deepEqual(tarball.brought(), {
      from: 'peer', givers: [{ peer: 'peer-a', bytes: BYTES.length }], trouble: 'registry-unreachable: registry.example cannot be reached (canned)',
    })
  })

  it('come again where the disk has damaged them', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    await scene.read('1.0.0')
    await scene.depot[Symbol.asyncDispose]()
    await scene.blobs.sweep()
    await using later = new DepotScene(scene.registry)
    assert.deepEqual(await later.read('1.0.0'), { bytes: BYTES.toString(), from: 'upstream' })
  })

  it('learn nothing of a version from what a client alone says that it is', async () => {
    await using one = new DepotScene()
    await using two = new DepotScene(one.registry, 'peer-b')
    const evil = Buffer.from('bytes of somebody else')
    one.registry.publish('1.0.0', evil)
    await one.read('1.0.0')
    await one.depot[Symbol.asyncDispose]()
    one.registry.publish('1.0.0', BYTES)
    two.others.push(one)
    const claimed = await two.inTime(two.depot.tarball({ name: TOOL, version: '1.0.0', integrity: integrityOfBytes(evil) as never }, going))
    assert.equal(claimed.brought().from, 'peer')
    assert.deepEqual(await two.inTime(two.read('1.0.0')), { bytes: BYTES.toString(), from: 'upstream' })
  })

  it('take what the client says that it must be', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    const wrong = { name: TOOL, version: '1.0.0', integrity: integrityOfBytes(Buffer.from('x')) as never }
    const opened = scene.depot.tarball(wrong, going).then((tarball) => Array.fromAsync(tarball.read(going)))
    await assert.rejects(opened, (error) => isGgenError(error, 'integrity'))
  })
})

describe('rankOf', () => {
  it('lets exactly one of two fetch, and not always the same', () => {
    const [a, b] = ['peer-a', 'peer-b'] as PeerId[]
    assert.ok(a !== undefined && b !== undefined)
    const first = Array.from({ length: 64 }, (_, index) => rankOf(a, `${index}` as Sha512) < rankOf(b, `${index}` as Sha512))
    assert.ok(first.includes(true) && first.includes(false))
  })
})
