import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { digestOf, isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { bytesOf, going, inPieces, sampleBundle, written } from './bundle-samples.conformance.ts'
import { BundleReader, isBundle } from './read-bundle.ts'
import { bundleBytes } from './write-bundle.ts'

/** Everything in it, and which files are not what they are called. */
const readAll = async (bytes: Uint8Array, lengths?: readonly number[]) => {
  await using reader = await BundleReader.open(inPieces(bytes, lengths), going)
  const files: [string, string][] = []
  const wrong: string[] = []
  for await (const { digest, kind, read } of reader.files()) {
    const content = Buffer.concat(await Array.fromAsync(read()))
    if (digestOf(content) !== digest) wrong.push(digest)
    files.push([kind, content.toString('latin1')])
  }
  return { contents: reader.contents, files, wrong }
}

const archives = fc.uniqueArray(fc.uint8Array({ maxLength: 1200 }), { maxLength: 4, selector: (bytes) => Buffer.from(bytes).toString('hex') })

describe('a bundle', () => {
  it('is read as it was written, in whatever pieces it comes', async () => {
    await fc.assert(fc.asyncProperty(archives, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }), async (some, lengths) => {
      const sample = sampleBundle(some)
      const bytes = await written(sample)
      assert.equal(bytes.length, bundleBytes(sample.contents))
      assert.ok(isBundle(bytes.subarray(0, 512)))
      const { contents, files, wrong } = await readAll(bytes, lengths)
      assert.deepEqual(contents, sample.contents)
      assert.deepEqual(wrong, [])
      assert.deepEqual(files.map(([, content]) => content).toSorted(), [...sample.files.values()].map((one) => Buffer.from(one).toString('latin1')).toSorted())
    }), { numRuns: 50 })
  })

  it('with any one byte changed is found broken, or a file in it is', async () => {
    await fc.assert(fc.asyncProperty(archives, fc.nat(), fc.integer({ min: 1, max: 255 }), async (some, at, change) => {
      const bytes = Uint8Array.from(await written(sampleBundle(some)))
      const place = at % bytes.length
      bytes[place] = (bytes[place] ?? 0) ^ change
      try {
        const { wrong } = await readAll(bytes)
        assert.equal(wrong.length, 1)
      } catch (error) {
        assert.ok(isGgenError(error, 'bundle-broken'), String(error))
      }
    }), { numRuns: 300 })
  })

  it('that is cut off anywhere, or goes on after its end, is broken', async () => {
    const bytes = await written(sampleBundle([bytesOf('one'), bytesOf('two'.repeat(300))]))
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
      await assert.rejects(readAll(bytes.subarray(0, length)), (error) => isGgenError(error, 'bundle-broken'))
    }), { numRuns: 200 })
    await assert.rejects(readAll(Buffer.concat([bytes, Buffer.of(0)])), /after the end/)
  })

  it('says whose file it ends in', async () => {
    const bytes = await written(sampleBundle([bytesOf('x'.repeat(5000))]))
    await assert.rejects(readAll(bytes.subarray(0, bytes.length - 2000)), /ends in the middle of @scope\/part-0@1\.0\.0/)
  })

  it('never throws anything but an error of its own, whatever the bytes are', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      await assert.rejects(readAll(bytes), (error) => isGgenError(error, 'bundle-broken'))
    }))
  })

  it('lets files pass that nobody reads', async () => {
    await using reader = await BundleReader.open(inPieces(await written(sampleBundle([bytesOf('one'), bytesOf('two')]))), going)
    assert.equal((await Array.fromAsync(reader.files())).length, 4)
  })

  it('is a tar file that other programs can look into', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'b.tar')
    await writeFile(path, await written(sampleBundle([bytesOf('one')])))
    const { stdout } = await promisify(execFile)('tar', ['tf', path])
    assert.deepEqual(stdout.trim().split('\n').map((name) => name.split('/')[0]), ['ggen-bundle.json', 'contents', 'records', 'archives', 'archives'])
  })
})
