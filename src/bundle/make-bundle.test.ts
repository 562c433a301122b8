import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, isGgenError } from '#core'
import { formatLock } from '#flow/install'
import { smallPackage } from '#testing'
import { going } from './bundle-samples.conformance.ts'
import { integrityOf, lockedAs, lockOf, openPlace, packed, type PlaceOptions, SigningRegistry, SOURCE } from './bundle-scene.conformance.ts'
import { makeBundle } from './make-bundle.ts'

const refused = (code: ErrorCode, words: RegExp) => (error: unknown): boolean => isGgenError(error, code) && words.test(error.message)

const scene = async (options: Omit<PlaceOptions, 'registry'> = {}) => {
  const registry = new SigningRegistry()
  const [a, b] = [await packed('a', '1.0.0'), await packed('@s/b', '2.0.0')]
  registry.add('a', '1.0.0', a)
  registry.add('@s/b', '2.0.0', b)
  return { registry, a, b, place: await openPlace({ registry, ...options }) }
}

const lockfile = (text: string) => ({ lockfiles: [{ path: 'package-lock.json', text }], withPrivate: false })

describe('a bundle of what lock files name', () => {
  it('has every archive with what its registry says and signs, the keys of the registry, and no credentials', async () => {
    const { a, b, place: made } = await scene()
    await using place = made
    const { contents, sizeBytes, read } = await makeBundle(place.parts, lockfile(lockOf({ 'a@1.0.0': a, '@s/b@2.0.0': b })), going)
    const said = contents.versions.map((one) => [one.name, one.version, one.integrity, one.signatures.length, one.publishedAtMs])
    assert.deepEqual(said, [
      ['a', '1.0.0', integrityOf(a), 1, Date.parse('2026-01-02T03:04:05Z')], ['@s/b', '2.0.0', integrityOf(b), 1, undefined],
    ])
    assert.deepEqual(contents.registries.map(({ source, isPrivate, keys }) => [source, isPrivate, keys?.includes('SHA256:')]), [[SOURCE, false, true]])
    assert.equal(Buffer.concat(await Array.fromAsync(read(going))).length, sizeBytes)
  })

  it('is not made where something is missing, says what, and does without what is optional', async () => {
    const { a, place: made } = await scene()
    await using place = made
    const gone = await packed('gone', '1.0.0')
    const lock = { 'a@1.0.0': a, 'gone@1.0.0': gone, 'lost@1.0.0': gone }
    await assert.rejects(makeBundle(place.parts, lockfile(lockOf(lock)), going), refused('package-not-found', /gone@1\.0\.0.*lost@1\.0\.0/))
    const { left, contents } = await makeBundle(place.parts, lockfile(lockOf(lock, ['gone@1.0.0', 'lost@1.0.0'])), going)
    assert.deepEqual(left.map(({ name, code }) => `${name} ${code}`).toSorted(), ['gone package-not-found', 'lost package-not-found'])
    assert.deepEqual(contents.versions.map(({ name }) => name), ['a'])
  })

  it('has no archive that is not the one of the lock file', async () => {
    const { place: made } = await scene()
    await using place = made
    await assert.rejects(makeBundle(place.parts, lockfile(lockOf({ 'a@1.0.0': Buffer.from('another') })), going), refused('integrity', /a@1\.0\.0/))
  })

  it('has what came with credentials only where that is asked for', async () => {
    const { a, place: made } = await scene({ isPrivate: true })
    await using place = made
    const wish = lockfile(lockOf({ 'a@1.0.0': a }))
    await assert.rejects(makeBundle(place.parts, wish, going), refused('usage', /private: a@1\.0\.0/))
    const { contents } = await makeBundle(place.parts, { ...wish, withPrivate: true }, going)
    assert.deepEqual(contents.registries.map(({ isPrivate }) => isPrivate), [true])
  })

  it('is made while the registry is down, of what is here', async () => {
    const { a, registry, place: made } = await scene()
    await using place = made
    const wish = lockfile(lockOf({ 'a@1.0.0': a }))
    const first = await makeBundle(place.parts, wish, going)
    registry.isDown = true
    assert.deepEqual((await makeBundle(place.parts, wish, going)).contents, first.contents)
  })

  it('has releases of the network with everything that is signed of them, of a private network only where that is asked for', async () => {
    for (const isNetworkPrivate of [false, true]) {
      const { place: made } = await scene({ isNetworkPrivate })
      await using place = made
      const receipt = await place.market.publish(smallPackage('io.ggen.tool'), 'alice')
      const lockfiles = [{ path: '/p/ggen.lock', text: formatLock([lockedAs(receipt)]) }]
      if (isNetworkPrivate) await assert.rejects(makeBundle(place.parts, { lockfiles, withPrivate: false }, going), refused('usage', /io\.ggen\.tool/))
      const { contents } = await makeBundle(place.parts, { lockfiles, withPrivate: isNetworkPrivate }, going)
      assert.deepEqual(contents.releases.map(({ name, identity, digest }) => [name, identity, digest]), [['io.ggen.tool', receipt.identity, receipt.digest]])
    }
  })

  it('has packages that npm takes from the network as such, with what is signed of them', async () => {
    const { registry } = await scene()
    await using place = await openPlace({ registry, networkNames: ['io.ggen.tool'] })
    const receipt = await place.market.publish(smallPackage('io.ggen.tool'), 'alice')
    const archive = await place.blobs.read(receipt.digest, { offset: 0, length: receipt.sizeBytes })
    const { contents } = await makeBundle(place.parts, lockfile(lockOf({ 'io.ggen.tool@1.0.0': archive })), going)
    assert.deepEqual([contents.versions.length, contents.releases.map(({ name, digest }) => [name, digest])], [0, [['io.ggen.tool', receipt.digest]]])
    const other = lockfile(lockOf({ 'io.ggen.tool@1.0.0': Buffer.from('another') }))
    await assert.rejects(makeBundle(place.parts, other, going), refused('integrity', /io\.ggen\.tool@1\.0\.0/))
  })
})
