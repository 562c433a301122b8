import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeSigningKey, parseNpmSpec } from '#npm'
import { seeded } from '#testing'
import { DepotScene, going } from './depot-scene.conformance.ts'
import type { Probe } from './probe.ts'

const BYTES = Buffer.from('the bytes of an archive')
const ask = async (scene: DepotScene, spec: string): Promise<Probe> => await scene.inTime(scene.depot.probe(parseNpmSpec(spec), going))

describe('probing where a package comes from', () => {
  it('finds it at the registry, by one small question, and changes nothing', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    const probe = await ask(scene, 'tool@1.0.0')
    assert.deepEqual([probe.verdict, probe.version, probe.disk, probe.document], [{ from: 'upstream', canChoose: true }, '1.0.0', undefined, undefined])
    assert.deepEqual(scene.registry.asked.map(({ path }) => path), ['tool/1.0.0', '-/npm/v1/keys'])
    assert.equal((await scene.blobs.usage()).count, 0)
  })

  it('reads a range by the document, and knows a tag from it while the registry is down', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.2.0', BYTES)
    const range = await ask(scene, 'tool@^1.1')
    assert.equal(range.version, '1.2.0')
    assert.equal(scene.registry.asksFor('tool'), 1)
    await scene.read('1.2.0')
    await scene.depot[Symbol.asyncDispose]()
    scene.registry.isDown = true
    for (const wanted of ['tool', 'tool@^1', 'tool@1.2.0']) {
      const probe = await ask(scene, wanted)
      assert.deepEqual([probe.version, probe.verdict], ['1.2.0', { from: 'disk', canChoose: true }], wanted)
      assert.ok(['fails', 'left-alone'].includes(probe.upstream.state))
    }
    assert.deepEqual((await ask(scene, 'tool@^2')).verdict, { from: 'nowhere', why: 'upstream-fails', canChoose: true })
  })

  it('asks peers by the hash', async () => {
    await using first = new DepotScene()
    await using second = new DepotScene(first.registry, 'peer-b')
    first.registry.publish('1.0.0', BYTES)
    await first.read('1.0.0')
    await first.depot[Symbol.asyncDispose]()
    second.others.push(first)
    const probe = await ask(second, 'tool@1.0.0')
    assert.deepEqual([probe.peers.map(({ peer, says }) => [peer, says]), probe.verdict.from], [[['peer-a', 'held']], 'peer'])
  })

  it('checks what the registry signed', async () => {
    await using scene = new DepotScene()
    const [own, strange] = [makeSigningKey(seeded('own')), makeSigningKey(seeded('strange'))]
    scene.registry.listKeys(own)
    scene.registry.publishSigned({ '1.0.0': own, '1.1.0': strange })
    const verdicts = await Promise.all(['tool@1.0.0', 'tool@1.1.0'].map(async (spec) => (await ask(scene, spec)).signatures))
    assert.deepEqual(verdicts, ['verified', 'unknown-key'])
  })

  it('says what the registry says of what is not there', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    assert.deepEqual((await ask(scene, 'nothing')).verdict, { from: 'nowhere', why: 'no-such-package', canChoose: false })
    assert.deepEqual((await ask(scene, 'tool@^9')).verdict, { from: 'nowhere', why: 'no-such-version', canChoose: true })
    scene.registry.says.set('tool/latest', { status: 403 })
    assert.equal((await ask(scene, 'tool')).verdict.why, 'denied')
    scene.registry.says.set('tool/latest', { chunks: [Buffer.from('no JSON')] })
    assert.equal((await ask(scene, 'tool')).signatures, 'unchecked')
  })
})
