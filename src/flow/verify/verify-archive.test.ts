import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeArchive, packArchive } from '#archive'
import { digestOf, parsePackageName, parseVersion, type ReleaseBody, type ReleaseOp } from '#core'
import { type BlobStore, memoryBlobStore } from '#store'
import { Publisher, smallPackage } from '#testing'
import { verifyArchive } from './verify-archive.ts'

const never = new AbortController().signal

/** A held archive and the release that a truthful publisher signs for it. */
const held = async (): Promise<{ blobs: BlobStore; release: ReleaseOp }> => {
  const files = Object.entries(smallPackage('tool')).map(([path, content]) => ({
    path, executable: false, sizeBytes: Buffer.byteLength(content),
    content: async function* () { yield Buffer.from(content) },
  }))
  const bytes = Buffer.concat(await Array.fromAsync(packArchive(files)))
  const blobs = memoryBlobStore()
  await using writer = await blobs.create()
  await writer.append(bytes)
  await writer.seal()
  const { fingerprint, metadata } = await describeArchive((async function* () { yield bytes })())
  const release = new Publisher('alice').release('tool', '1.0.0')
  const derived = { artifact: fingerprint, metadata: { digest: digestOf(metadata), sizeBytes: metadata.length } }
  return { blobs, release: { ...release, body: { ...release.body, ...derived } } }
}

const changed = (release: ReleaseOp, change: Partial<ReleaseBody>): ReleaseOp => ({ ...release, body: { ...release.body, ...change } })

describe('an archive is verified', () => {
  test('when it is what was signed and says of itself what was signed', async () => {
    const { blobs, release } = await held()
    const verified = await verifyArchive(blobs, release, never)
    assert.equal(verified.release, release)
    assert.equal(verified.facts.manifest.name, 'tool')
  })

  test('and refused when it contradicts its record in name, version, scripts, bins, dependencies or metadata', async () => {
    const { blobs, release } = await held()
    const lies: readonly Partial<ReleaseBody>[] = [
      { name: parsePackageName('other') }, { version: parseVersion('2.0.0') }, { scripts: true }, { bins: 1 }, { dependencies: 3 },
      { metadata: { digest: digestOf(Buffer.from('{}')), sizeBytes: 2 } }, { metadata: { ...release.body.metadata, sizeBytes: 1 } },
    ]
    for (const lie of lies) {
      await assert.rejects(verifyArchive(blobs, changed(release, lie), never), { code: 'integrity', details: { contradictions: Object.keys(lie) } })
    }
  })

  test('and refused when one of the hashes or the size is another', async () => {
    const { blobs, release } = await held()
    const { artifact } = release.body
    await assert.rejects(verifyArchive(blobs, changed(release, { artifact: { ...artifact, sizeBytes: artifact.sizeBytes + 1 } }), never), { code: 'integrity' })
    const otherHash = artifact.sha512.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) as typeof artifact.sha512
    await assert.rejects(verifyArchive(blobs, changed(release, { artifact: { ...artifact, sha512: otherHash } }), never), { code: 'integrity' })
  })

  test('and missing when it is not here', async () => {
    const { release } = await held()
    await assert.rejects(verifyArchive(memoryBlobStore(), release, never), { code: 'blob-not-found' })
  })
})
