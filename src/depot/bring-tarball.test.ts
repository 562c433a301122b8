import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError, NPM_LIMITS, parsePeerId, registryIdOf } from '#core'
import { integrityOfHashes, parseIntegrity, parseNpmName } from '#npm'
import { Publisher } from '#testing'
import { bringOffered } from './bring-tarball.ts'
import { DepotScene, going, integrityOfBytes, TOOL } from './depot-scene.conformance.ts'

const GIVER = parsePeerId('12D3KooWGRUaSFnLbDRcEtNtRFLdoGyLD3RMGqzPFVAVBGrjxVjn')
const BYTES = Buffer.from('the bytes of an archive')
const wish = { name: TOOL, version: '1.0.0', integrity: parseIntegrity(integrityOfBytes(BYTES)) }

describe('bringing an archive here', () => {
  it('leaves it here, wherever it came from', async () => {
    await using first = new DepotScene()
    await using second = new DepotScene(first.registry, 'peer-b')
    second.others.push(first)
    first.registry.publish('1.0.0', BYTES)
    const brought = await first.inTime(first.depot.bring(wish, going))
    assert.deepEqual([brought.from, brought.sizeBytes, await first.blobs.size(brought.digest)], ['upstream', BYTES.length, BYTES.length])
    assert.equal((await first.inTime(first.depot.bring(wish, going))).from, 'disk')
    const copied = await second.inTime(second.depot.bring(wish, going))
    assert.deepEqual([copied.from, copied.givers, copied.digest], ['peer', [{ peer: 'peer-a', bytes: BYTES.length }], brought.digest])
  })

  it('brings one that nobody reads and that does not fit into memory', async () => {
    await using scene = new DepotScene()
    const large = Buffer.alloc(NPM_LIMITS.passingBytes + 1, 7)
    scene.registry.publish('1.0.0', large)
    const { sizeBytes } = await scene.inTime(scene.depot.bring({ name: TOOL, version: '1.0.0' }, going))
    assert.equal(sizeBytes, large.length)
  })

  it('asks its registry where the lock file says that it was, and only there below its address', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    scene.registry.says.set('elsewhere/a.tgz', { chunks: [BYTES] })
    await scene.inTime(scene.depot.bring({ ...wish, resolved: 'https://registry.example/elsewhere/a.tgz' }, going))
    assert.equal(scene.registry.asksFor('elsewhere/a.tgz'), 1)
    await using other = new DepotScene(scene.registry)
    await other.inTime(other.depot.bring({ ...wish, resolved: 'https://evil.example/elsewhere/b.tgz' }, going))
    assert.equal(scene.registry.asksFor('tool/-/tool-1.0.0.tgz'), 1)
  })

  it('fails where nobody gives it', async () => {
    await using scene = new DepotScene()
    await assert.rejects(scene.inTime(scene.depot.bring(wish, going)), (error) => error instanceof GgenError)
  })

  it('takes from the network what the lock file names, and nothing else', async () => {
    const { body: { artifact } } = new Publisher('ada').release('@acme/thing', '1.0.0', { content: BYTES })
    const market = { take: async () => ({ ...artifact, sources: [] }) }
    const ours = { name: parseNpmName('@acme/thing'), version: '1.0.0' }
    const { from, sizeBytes } = await bringOffered(market, { ...ours, integrity: integrityOfHashes({ sha512: artifact.sha512 }) }, going)
    assert.deepEqual([from, sizeBytes], ['disk', BYTES.length])
    const shares = [{ peer: GIVER, bytes: 20 }, { peer: registryIdOf(new URL('https://central.example')), bytes: 3 }]
    const given = await bringOffered({ take: async () => ({ ...artifact, sources: shares }) }, ours, going)
    assert.deepEqual([given.from, given.givers], ['network', [{ peer: GIVER, bytes: 20 }]])
    const other = parseIntegrity(integrityOfBytes(Buffer.from('other')))
    await assert.rejects(bringOffered(market, { ...ours, integrity: other }, going), (error) => isGgenError(error, 'integrity'))
    await assert.rejects(bringOffered(market, { ...ours, version: 'x' }, going), (error) => isGgenError(error, 'version-not-found'))
  })
})
