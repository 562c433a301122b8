import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { isGgenError, NPM_LIMITS } from '#core'
import { DepotScene, going, TOOL } from './depot-scene.conformance.ts'
import type { DocumentWish } from './documents.ts'

const wish: DocumentWish = { isAbbreviated: false, tarballsAt: 'upstream', wantsNews: false, acceptsBrotli: false }
const latest = async (scene: DepotScene, how: Partial<DocumentWish> = {}): Promise<string> => {
  const { bytes, stale } = await scene.depot.document(TOOL, { ...wish, ...how }, going)
  const { 'dist-tags': tags } = JSON.parse(gunzipSync(bytes).toString()) as { 'dist-tags': { latest: string } }
  return stale === undefined ? tags.latest : `${tags.latest} stale`
}

describe('Documents', () => {
  it('asks once for what many want, and not again while it is fresh', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', Buffer.from('bytes'))
    assert.deepEqual(await Promise.all([latest(scene), latest(scene), latest(scene)]), ['1.0.0', '1.0.0', '1.0.0'])
    assert.equal(await latest(scene), '1.0.0')
    assert.equal(scene.registry.asksFor('tool'), 1)
  })

  it('asks with the validators that it knows, and keeps what is unchanged', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', Buffer.from('bytes'))
    await latest(scene)
    scene.registry.says.set('tool', { status: 304 })
    assert.equal(await latest(scene, { wantsNews: true }), '1.0.0')
    assert.equal(scene.registry.asked.at(-1)?.headers?.['if-none-match'], '"1.0.0"')
  })

  it('serves what is stale and asks meanwhile, and goes on serving while the registry is down, saying so', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', Buffer.from('bytes'))
    await latest(scene)
    scene.clock.advance(NPM_LIMITS.freshMs + 1)
    scene.registry.publish('2.0.0', Buffer.from('more'))
    assert.equal(await latest(scene), '1.0.0 stale')
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(await latest(scene), '2.0.0')
    scene.registry.isDown = true
    assert.equal(await latest(scene, { wantsNews: true }), '2.0.0 stale')
  })

  it('says that there is no such package only where the registry does, and drops what it knew', async () => {
    await using scene = new DepotScene()
    await assert.rejects(latest(scene), (error) => isGgenError(error, 'package-not-found'))
    scene.registry.isDown = true
    await assert.rejects(latest(scene), (error) => isGgenError(error, 'registry-unreachable'))
  })

  it('makes the short form of a whole document, for other addresses, under another validator', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', Buffer.from('bytes'))
    const whole = await scene.depot.document(TOOL, wish, going)
    const short = await scene.depot.document(TOOL, { ...wish, isAbbreviated: true, tarballsAt: { base: 'http://127.0.0.1:4003/npm/' } }, going)
    assert.notEqual(short.etag, whole.etag)
    assert.match(gunzipSync(short.bytes).toString(), /"tarball":"http:\/\/127\.0\.0\.1:4003\/npm\/tool\/-\/tool-1\.0\.0\.tgz"/)
    assert.equal(scene.registry.asksFor('tool'), 1)
  })

  it('refuses a document that has lost its signatures, and serves the one from before', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', Buffer.from('bytes'))
    await latest(scene)
    scene.registry.publish('2.0.0', Buffer.from('more'), { signed: false })
    assert.equal(await latest(scene, { wantsNews: true }), '1.0.0 stale')
  })

  it('refuses unsigned documents of a registry that signs everything else', async () => {
    await using scene = new DepotScene()
    for (let count = 0; count < 20; count += 1) scene.records.noteSigning(scene.source.id, true)
    scene.registry.publish('1.0.0', Buffer.from('bytes'), { signed: false })
    await assert.rejects(latest(scene), (error) => isGgenError(error, 'downgrade'))
  })
})
