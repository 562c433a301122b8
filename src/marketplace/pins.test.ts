import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, GgenError, type PackageSpec, parsePackageName, parsePackageSpec, type ReleaseOp } from '#core'
import { type BlobStore, memoryBlobStore, memoryTrustStore, type TrustStore } from '#store'
import { Publisher, TestClock } from '#testing'
import { Pins } from './pins.ts'

const never = new AbortController().signal
const ada = new Publisher('ada')
const bob = new Publisher('bob')
const RELEASES = [
  ada.release('tool', '1.0.0'), ada.release('tool', '1.1.0'), ada.release('tool', '2.0.0-rc.1'), bob.release('tool', '1.0.0'), ada.release('other', '1.0.0'),
]
const textOf = ({ identity, body }: ReleaseOp, by = ada.identity): string => `${identity === by ? '' : '@bob '}${body.name}@${body.version}`

const put = async (blobs: BlobStore, bytes: Uint8Array): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(bytes)
  await writer.seal()
}

interface Scene {
  readonly pins: Pins
  readonly trust: TrustStore
  readonly blobs: BlobStore
  readonly fetched: PackageSpec[]
}

const scene = (options: { readonly trust?: TrustStore; readonly fails?: () => GgenError | undefined; readonly quotaBytes?: number } = {}): Scene => {
  const { trust = memoryTrustStore(), fails = () => undefined, quotaBytes } = options
  const blobs = memoryBlobStore({ isKept: (digest) => trust.isKept(digest), ...(quotaBytes !== undefined && { quotaBytes }) })
  const fetched: PackageSpec[] = []
  const find = async ({ name, identity = ada.identity, range }: PackageSpec): Promise<ReleaseOp> => {
    const fitting = RELEASES.filter((one) => one.body.name === name && one.identity === identity && (range === undefined || one.body.version === range))
    const found = fitting.at(-1)
    if (found === undefined) throw new GgenError('package-not-found', 'unknown')
    return found
  }
  const pins = new Pins({
    trust, blobs, clock: new TestClock(), find,
    fetch: async (spec) => {
      fetched.push(spec)
      const failure = fails()
      if (failure !== undefined) throw failure
      const { body } = await find(spec)
      await put(blobs, Buffer.from(`${body.name} ${body.version}`))
      await put(blobs, Buffer.from('{}'))
    },
  })
  return { pins, trust, blobs, fetched }
}

const pinned = async (pins: Pins): Promise<string[]> =>
  (await pins.all()).map(({ identity, name, version }) => `${identity === ada.identity ? '' : '@bob '}${name}@${version}`)

describe('pins', () => {
  it('fetch the release that is meant, and say what is kept since when', async () => {
    const { pins, fetched } = scene()
    const { since, ...shown } = await pins.pin(parsePackageSpec('tool@1.1.0'), never)
    const digest = digestOf(Buffer.from('tool 1.1.0'))
    assert.deepEqual(shown, { name: 'tool', version: '1.1.0', identity: ada.identity, digest, sizeBytes: 10, reason: 'pin' })
    assert.deepEqual(await pins.all(), [{ ...shown, since }])
    assert.deepEqual(fetched, [{ name: 'tool', range: '1.1.0' }])
    assert.deepEqual(pins.releases, [{ name: 'tool', version: '1.1.0', identity: ada.identity }])
  })

  it('survive the quota with everything that belongs to them', async () => {
    const { pins, blobs, trust } = scene({ quotaBytes: 40 })
    await pins.pin(parsePackageSpec('tool@1.0.0'), never)
    for (let n = 0; n < 10; n++) await put(blobs, Buffer.from(`filler number ${n}`))
    for (const bytes of ['tool 1.0.0', '{}']) {
      assert.notEqual(await blobs.size(digestOf(Buffer.from(bytes))), undefined, bytes)
      assert.ok(trust.isKept(digestOf(Buffer.from(bytes))))
    }
    await pins.unpin(parsePackageSpec('tool'))
    for (let n = 10; n < 20; n++) await put(blobs, Buffer.from(`filler number ${n}`))
    assert.equal(await blobs.size(digestOf(Buffer.from('tool 1.0.0'))), undefined)
  })

  it('keep nothing that cannot be had, and go on keeping what was pinned before', async () => {
    let failure: GgenError | undefined = new GgenError('no-holder', 'nobody')
    const { pins } = scene({ fails: () => failure })
    await assert.rejects(pins.pin(parsePackageSpec('tool'), never), { code: 'no-holder' })
    assert.deepEqual(await pins.all(), [])
    assert.deepEqual(pins.releases, [])
    failure = undefined
    await pins.pin(parsePackageSpec('tool'), never)
    failure = new GgenError('no-holder', 'nobody')
    await assert.rejects(pins.pin(parsePackageSpec('tool'), never), { code: 'no-holder' })
    assert.equal((await pins.all()).length, 1)
  })

  it('can be taken back by name, publisher, version and range', async () => {
    const all = RELEASES.map((release) => textOf(release))
    const left = async (unpinned: string): Promise<string[]> => {
      const { pins } = scene()
      for (const { identity, body } of RELEASES) await pins.pin({ identity, name: body.name, range: body.version }, never)
      assert.deepEqual(await pinned(pins), all)
      const gone = await pins.unpin(parsePackageSpec(unpinned))
      const rest = await pinned(pins)
      assert.equal(gone.length + rest.length, all.length)
      assert.equal(pins.releases.length, rest.length)
      return rest
    }
    assert.deepEqual(await left('tool'), ['other@1.0.0'])
    assert.deepEqual(await left(`@${bob.identity}/tool`), all.filter((text) => !text.startsWith('@bob')))
    assert.deepEqual(await left('tool@1.1.0'), all.filter((text) => text !== 'tool@1.1.0'))
    assert.deepEqual(await left('tool@^1'), ['tool@2.0.0-rc.1', 'other@1.0.0'])
    assert.deepEqual(await left('tool@>=2.0.0-rc.0'), all.filter((text) => text !== 'tool@2.0.0-rc.1'))
  })

  it('say when there is nothing to take back', async () => {
    const { pins } = scene()
    await pins.pin(parsePackageSpec('tool@1.0.0'), never)
    for (const spec of ['other', 'tool@2', `@${bob.identity}/tool`]) await assert.rejects(pins.unpin(parsePackageSpec(spec)), { code: 'not-pinned' })
    await assert.rejects(pins.unpin({ name: parsePackageName('tool'), range: 'not a range' }), { code: 'range-invalid' })
    assert.equal((await pins.all()).length, 1)
  })

  it('list what was published from here, which no unpinning lets go', async () => {
    const { pins, trust } = scene()
    pins.keepOwn(RELEASES.slice(0, 2))
    const [first] = await pins.all()
    pins.keepOwn(RELEASES.slice(0, 2))
    const shown = await pins.all()
    assert.deepEqual(shown.map(({ version, reason }) => `${version} ${reason}`), ['1.0.0 own', '1.1.0 own'])
    assert.equal(first?.sizeBytes, undefined)
    assert.deepEqual(pins.releases, [])
    await assert.rejects(pins.unpin(parsePackageSpec('tool')), (error) => error instanceof GgenError && error.hint.includes('published from here'))
    await pins.pin(parsePackageSpec('tool@1.0.0'), never)
    await pins.unpin(parsePackageSpec('tool'))
    assert.ok(trust.isKept(digestOf(Buffer.from('tool 1.0.0'))))
  })

  it('are there again after a restart', async () => {
    const trust = memoryTrustStore()
    await scene({ trust }).pins.pin(parsePackageSpec('tool@1.0.0'), never)
    assert.deepEqual(scene({ trust }).pins.releases.map(({ version }) => version), ['1.0.0'])
  })
})
