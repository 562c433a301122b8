import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { makeSigningKey, parseIntegrity, parseNpmVersion } from '#npm'
import { seeded } from '#testing'
import type { CarriedPackages } from './carried-packages.ts'
import { DepotScene, going, integrityOfBytes, TOOL } from './depot-scene.conformance.ts'

const KEY = makeSigningKey(seeded('registry'))
const BYTES = Buffer.from('bytes of 1.0.0')

const signing = (): DepotScene => {
  const scene = new DepotScene()
  scene.registry.listKeys(KEY)
  scene.registry.publishSigned({ '1.0.0': KEY })
  return scene
}

const carried = ({ depot }: DepotScene): CarriedPackages => depot.carried

describe('packages of npm registries that are carried', () => {
  it('are here when they are held, and come once', async () => {
    await using scene = signing()
    const wish = { name: TOOL, version: '1.0.0', integrity: parseIntegrity(integrityOfBytes(BYTES)) }
    for (let times = 0; times < 2; times += 1) {
      const { digest, sizeBytes } = await carried(scene).hold(wish, going)
      assert.deepEqual([await scene.blobs.size(digest), sizeBytes], [BYTES.length, BYTES.length])
    }
    assert.equal(scene.registry.asksFor('tool/-/tool-1.0.0.tgz'), 1)
  })

  it('are not held where what comes is not right', async () => {
    await using scene = signing()
    const wish = { name: TOOL, version: '1.0.0', integrity: parseIntegrity(integrityOfBytes(Buffer.from('another'))) }
    await assert.rejects(carried(scene).hold(wish, going), (error) => isGgenError(error, 'integrity'))
  })

  it('are described as their registry says, and signs', async () => {
    await using scene = signing()
    const said = (await carried(scene).saidOf(TOOL, going)).get('1.0.0')
    assert.deepEqual([said?.integrity, said?.signatures.map(({ keyid }) => keyid)], [integrityOfBytes(BYTES), [KEY.keyid]])
    assert.match((await carried(scene).keysFor(TOOL, going)) ?? '', /SHA256:/)
    assert.equal(carried(scene).hasSigned('https://registry.example/'), true)
  })

  it('are not described where nobody says anything', async () => {
    await using scene = new DepotScene()
    assert.equal((await carried(scene).saidOf(TOOL, going)).size, 0)
    scene.registry.isDown = true
    assert.equal((await carried(scene).saidOf(TOOL, going)).size, 0)
  })

  it('are served with a document of what is here until their registry can be asked', async () => {
    await using scene = signing()
    const { id, isPrivate } = scene.source
    const about = { version: parseNpmVersion('0.9.0'), manifest: { main: 'x.js' }, isNative: false, hasShrinkwrap: false, integrity: integrityOfBytes(BYTES) }
    scene.registry.isDown = true
    await carried(scene).takeDocument({ id, isPrivate, made: { name: TOOL, versions: [{ ...about, signatures: [], at: 1000 }] } }, going)
    const said = async (): Promise<readonly string[]> => [...(await carried(scene).saidOf(TOOL, going)).keys()]
    assert.deepEqual(await said(), ['0.9.0'])
    scene.registry.isDown = false
    await using later = signing()
    await carried(later).takeDocument({ id, isPrivate, made: { name: TOOL, versions: [{ ...about, signatures: [], at: 1000 }] } }, going)
    assert.deepEqual([...(await carried(later).saidOf(TOOL, going)).keys()], ['1.0.0'])
  })
})
