import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, isGgenError } from '#core'
import { formatLock } from '#flow/install'
import { makeSigningKey, parseNpmName, signVersion, toRegistryKey, writeRegistryKeys } from '#npm'
import { seeded, smallPackage } from '#testing'
import { going, inPieces } from './bundle-samples.conformance.ts'
import { install, integrityOf, lockedAs, lockOf, openPlace, packed, type Place, SigningRegistry, SOURCE } from './bundle-scene.conformance.ts'
import type { BundleContents } from './bundle-contents.ts'
import { makeBundle, type MadeBundle } from './make-bundle.ts'
import { type TakenBundle, takeBundle } from './take-bundle.ts'
import { writeBundle } from './write-bundle.ts'

const [A, B] = [await packed('a', '1.0.0', { bin: 'run.js' }), await packed('@s/b', '2.0.0', { dependencies: { a: '^1.0.0' } })]

/** A bundle of two packages, made where there is a network; `signs`: its registry does. */
const bundled = async (
  more: { readonly signs?: boolean; readonly isPrivate?: boolean } = {},
): Promise<{ readonly made: MadeBundle; readonly bytes: Uint8Array }> => {
  const registry = new SigningRegistry()
  if (more.signs === false) registry.key = undefined
  registry.add('a', '1.0.0', A)
  registry.add('@s/b', '2.0.0', B)
  await using place = await openPlace({ registry, isPrivate: more.isPrivate ?? false })
  const lockfiles = [{ path: 'package-lock.json', text: lockOf({ 'a@1.0.0': A, '@s/b@2.0.0': B }) }]
  const made = await makeBundle(place.parts, { lockfiles, withPrivate: more.isPrivate ?? false }, going)
  return { made, bytes: Buffer.concat(await Array.fromAsync(made.read(going))) }
}

/** A place that never had a network. */
const alone = async (): Promise<Place> => {
  const registry = new SigningRegistry()
  registry.isDown = true
  return await openPlace({ registry })
}

const take = (place: Place, bytes: Uint8Array, trustKeys = true): Promise<TakenBundle> =>
  takeBundle(place.parts, { chunks: inPieces(bytes, [4096]), trustKeys }, going)

const refused = (code: ErrorCode, words: RegExp) => (error: unknown): boolean => isGgenError(error, code) && words.test(error.message)

/** The same files under other words. */
const rewritten = async ({ contents }: MadeBundle, change: (contents: BundleContents) => BundleContents, files = [A, B]): Promise<Uint8Array> => {
  const changed = change(contents)
  const places = new Map(contents.versions.map(({ digest }, place) => [digest, files[place] ?? assert.fail()]))
  return Buffer.concat(await Array.fromAsync(writeBundle(changed, async function* ({ digest }) {
    yield places.get(digest) ?? assert.fail()
  })))
}

const nothingKnown = ({ records }: Place): void => {
  assert.equal(records.release(SOURCE, 'a', '1.0.0'), undefined)
  assert.equal(records.release(SOURCE, '@s/b', '2.0.0'), undefined)
  assert.equal(records.document({ source: SOURCE, name: 'a', kind: 'full' }), undefined)
}

describe('a bundle where there never was a network', () => {
  it('lets archives be installed by their names, and documents be read, once the user has taken the keys', async () => {
    await using place = await alone()
    const { bytes } = await bundled()
    await assert.rejects(take(place, bytes, false), refused('keys-unknown', /registry\.example\/ signs with SHA256:/))
    nothingKnown(place)
    const { registries, left, undocumented } = await take(place, bytes)
    assert.deepEqual(registries.map(({ source, keys, versions, fingerprints }) => [source, keys, versions, fingerprints.length]), [[SOURCE, 'taken', 2, 1]])
    assert.deepEqual([left, undocumented], [[], []])
    assert.deepEqual([await install(place, 'a', '1.0.0'), await install(place, '@s/b', '2.0.0')], [integrityOf(A), integrityOf(B)])
    const wish = { isAbbreviated: true, tarballsAt: 'upstream', wantsNews: false, acceptsBrotli: false } as const
    assert.notEqual((await place.depot.document(parseNpmName('@s/b'), wish, going)).stale, undefined)
  })

  it('is believed by the keys that are known by then, and never by others again', async () => {
    await using place = await alone()
    const { made, bytes } = await bundled()
    await take(place, bytes)
    assert.deepEqual((await take(place, bytes, false)).registries.map(({ keys }) => keys), ['known'])
    const other = makeSigningKey(seeded('somebody else'))
    const forged = await rewritten(made, (contents) => ({
      ...contents,
      registries: contents.registries.map((one) => ({ ...one, keys: writeRegistryKeys([toRegistryKey(other)]) })),
      versions: contents.versions.map((one) => ({ ...one, signatures: [signVersion(one, other)] })),
    }))
    const { left, registries } = await take(place, forged)
    assert.deepEqual(left.map(({ name, code }) => [name, code]), [['a', 'keys-unknown'], ['@s/b', 'keys-unknown']])
    assert.deepEqual(registries.map(({ versions }) => versions), [0])
  })

  it('with one changed byte in an archive is refused with the name of the package, and nothing is known of any', async () => {
    await using place = await alone()
    const { bytes } = await bundled()
    const place1 = Buffer.from(bytes).indexOf(B) + 40
    const flipped = Uint8Array.from(bytes)
    flipped[place1] = (flipped[place1] ?? 0) ^ 1
    await assert.rejects(take(place, flipped), (error) =>
      refused('bundle-broken', /@s\/b@2\.0\.0/)(error) && isGgenError(error) && JSON.stringify(error.details) === '{"packages":["@s/b@2.0.0"]}')
    nothingKnown(place)
  })

  it('with another archive under the name of one is refused with the name of the package', async () => {
    await using place = await alone()
    const { made } = await bundled()
    // The file says of itself what it has; what the registry signed is something else.
    const swapped = await rewritten(made, (contents) => {
      const [first, second] = contents.versions
      return { ...contents, versions: [{ ...first ?? assert.fail(), digest: second?.digest ?? assert.fail(), sizeBytes: B.length }, second ?? assert.fail()] }
    })
    await assert.rejects(take(place, swapped), refused('bundle-broken', /a@1\.0\.0/))
    nothingKnown(place)
    // And where what is said of it was changed as well, its signature is wrong.
    const lying = await rewritten(made, (contents) => {
      const [first, second] = contents.versions
      const other = { digest: second?.digest ?? assert.fail(), sizeBytes: B.length, integrity: integrityOf(B) }
      return { ...contents, versions: [{ ...first ?? assert.fail(), ...other }, second ?? assert.fail()] }
    })
    await assert.rejects(take(place, lying), refused('bundle-broken', /did not sign these as they are: a@1\.0\.0/))
    nothingKnown(place)
  })

  it('that is cut off names exactly what was not verified, and keeps the bytes that were', async () => {
    await using place = await alone()
    const { made, bytes } = await bundled()
    await assert.rejects(take(place, bytes.subarray(0, Buffer.from(bytes).indexOf(B) + 10)), refused('bundle-broken', /not verified: @s\/b@2\.0\.0$/))
    nothingKnown(place)
    assert.deepEqual(await Promise.all(made.contents.versions.map(({ digest }) => place.blobs.size(digest))), [A.length, undefined])
    await assert.rejects(take(place, bytes.subarray(0, bytes.length - 10)), refused('bundle-broken', /does not end/))
    nothingKnown(place)
  })

  it('of a registry that signs nothing counts where the user says so, and never where that registry signed before', async () => {
    const { bytes } = await bundled({ signs: false })
    await using place = await alone()
    await assert.rejects(take(place, bytes, false), refused('keys-unknown', /signs nothing/))
    assert.deepEqual((await take(place, bytes)).registries.map(({ keys, versions }) => [keys, versions]), [['none', 2]])
    await using other = await alone()
    other.records.noteSigning(SOURCE, true)
    await assert.rejects(take(other, bytes), refused('downgrade', /has signed/))
    nothingKnown(other)
  })

  it('keeps a version for which nothing speaks to itself', async () => {
    await using place = await alone()
    const { made } = await bundled()
    const withoutFirst = ({ versions }: BundleContents): BundleContents['versions'] => versions.map((one, at) => (at === 0 ? { ...one, signatures: [] } : one))
    const unsigned = await rewritten(made, (contents) => ({ ...contents, versions: withoutFirst(contents) }))
    const { left } = await take(place, unsigned)
    assert.deepEqual(left.map(({ name, code }) => [name, code]), [['a', 'downgrade']])
    assert.equal(place.records.release(SOURCE, 'a', '1.0.0'), undefined)
    await assert.rejects(install(place, 'a', '1.0.0'))
    assert.equal(await install(place, '@s/b', '2.0.0'), integrityOf(B))
  })

  it('keeps private what was private', async () => {
    await using place = await alone()
    const { made, bytes } = await bundled({ isPrivate: true })
    await take(place, bytes)
    assert.deepEqual(made.contents.versions.map(({ digest }) => place.records.isPrivate(digest)), [true, true])
  })

  it('leaves a document alone that the registry itself gave, and adds to one that an earlier bundle made', async () => {
    await using place = await alone()
    const key = { source: SOURCE, name: 'a', kind: 'full' } as const
    const { bytes } = await bundled()
    await take(place, bytes)
    const second = await packed('a', '1.1.0')
    const registry = new SigningRegistry()
    registry.add('a', '1.1.0', second)
    await using elsewhere = await openPlace({ registry })
    const lockfiles = [{ path: 'package-lock.json', text: lockOf({ 'a@1.1.0': second }) }]
    const made = await makeBundle(elsewhere.parts, { lockfiles, withPrivate: false }, going)
    const more = Buffer.concat(await Array.fromAsync(made.read(going)))
    await take(place, more)
    const index = Buffer.from(place.records.form(key, 'index') ?? assert.fail()).toString()
    assert.match(index, /"1\.0\.0".*"1\.1\.0"/)
    const head = { etag: '"theirs"', checkedAt: 5, freshMs: 0, isPrivate: false, isSigned: true }
    place.records.putDocument(key, head, new Map([['upstream', Buffer.from('x')]]))
    await take(place, more)
    assert.equal(place.records.document(key)?.etag, '"theirs"')
  })

  it('brings releases of the network with what is signed of them', async () => {
    const registry = new SigningRegistry()
    await using a = await openPlace({ registry })
    const receipt = await a.market.publish(smallPackage('io.ggen.tool'), 'alice')
    const { name, version, identity, digest } = receipt
    const text = formatLock([lockedAs(receipt)])
    const made = await makeBundle(a.parts, { lockfiles: [{ path: 'ggen.lock', text }], withPrivate: false }, going)
    await using b = await alone()
    const { releases, left } = await take(b, Buffer.concat(await Array.fromAsync(made.read(going))))
    assert.deepEqual([releases, left], [[{ name, version, identity }], []])
    assert.equal((await b.market.marketplace.fetch({ spec: { name }, offline: true }, going)).digest, digest)
  })
})
