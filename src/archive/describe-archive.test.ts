import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type ErrorCode, isGgenError, LIMITS } from '#core'
import { Publisher } from '#testing'
import type { PackFile } from './archive-entry.ts'
import { canonicalJson, type Json } from './canonical-json.ts'
import { describeArchive } from './describe-archive.ts'
import { ManifestFinder } from './manifest-finder.ts'
import { packArchive } from './pack-archive.ts'
import { encodeMetadata } from './package-metadata.ts'
import { parseManifest } from './parse-manifest.ts'

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text))
}

const packFile = ([path, text]: readonly [string, string]): PackFile => ({
  path,
  executable: false,
  sizeBytes: Buffer.byteLength(text),
  content: () => once(text),
})

const packed = async (files: Readonly<Record<string, string>>): Promise<Uint8Array> =>
  Buffer.concat(await Array.fromAsync(packArchive(Object.entries(files).map(packFile))))

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 100) yield await Promise.resolve(bytes.subarray(start, start + 100))
}

const describeFiles = async (files: Readonly<Record<string, string>>) => await describeArchive(bytesOf(await packed(files)))

const refuses = async (files: Readonly<Record<string, string>>, code: ErrorCode): Promise<void> => {
  await assert.rejects(describeFiles(files), (error) => isGgenError(error, code))
}

const PACK = '[pack]\nname = "a-pack"\nversion = "1.0.0"\ndescription = "One\\nand more"\ndependencies = ["b"]'

describe('describeArchive', () => {
  it('derives everything from the bytes', async () => {
    const files = { 'pack.toml': PACK, 'ontology/a.ttl': 'x'.repeat(1000), 'lib/pack.toml': 'not the manifest' }
    const bytes = await packed(files)
    const facts = await describeArchive(bytesOf(bytes))
    assert.deepEqual(facts.fingerprint, {
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      sha512: createHash('sha512').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
    })
    assert.deepEqual([facts.files, facts.unpackedBytes], [3, 1000 + PACK.length + 16])
    assert.deepEqual(facts.summary, { title: 'a-pack', description: 'One and more', tags: [], category: 'uncategorized', license: '', author: '' })
    assert.deepEqual([facts.scripts, facts.bins, facts.dependencies], [false, 0, 1])
    assert.equal(
      Buffer.from(facts.metadata).toString(),
      '{"author":"","bins":0,"category":"uncategorized","dependencies":[{"name":"b","range":"*"}],"description":"One\\nand more",' +
        `"files":3,"license":"","name":"a-pack","scripts":false,"tags":[],"title":"a-pack","unpackedBytes":${facts.unpackedBytes},"version":"1.0.0"}`,
    )
  })

  it('sees what npm would run, whichever manifest counts', async () => {
    const npm = '{"name":"a","version":"1.0.0"}'
    assert.equal((await describeFiles({ 'package.json': npm })).scripts, false)
    assert.equal((await describeFiles({ 'package.json': npm, 'binding.gyp': '' })).scripts, true)
    assert.equal((await describeFiles({ 'package.json': npm, 'lib/binding.gyp': '' })).scripts, false)
    assert.equal((await describeFiles({ 'pack.toml': PACK, 'package.json': '{"scripts":{"postinstall":"x"}}' })).scripts, true)
    assert.equal((await describeFiles({ 'pack.toml': PACK, 'package.json': 'not JSON' })).scripts, false)
    assert.equal((await describeFiles({ 'pack.toml': PACK, 'binding.gyp': '' })).scripts, false)
  })

  it('refuses an archive without a manifest at its root, or with one that is wrong', async () => {
    await refuses({ 'a.txt': 'x' }, 'manifest-missing')
    await refuses({ 'lib/pack.toml': PACK }, 'manifest-missing')
    await refuses({ 'pack.toml': '[pack' }, 'manifest-invalid')
    await refuses({ 'pack.toml': PACK, 'ggen.toml': 'x = ' }, 'manifest-invalid')
    await refuses({ 'package.json': '{"name":"A","version":"1.0.0"}' }, 'name-invalid')
    await refuses({ 'package.json': '{"name":"a","version":"v1"}' }, 'version-invalid')
  })

  it('refuses a manifest that is too large, before it is read', async () => {
    await refuses({ 'pack.toml': `${PACK}\n#${'x'.repeat(LIMITS.manifestBytes)}` }, 'manifest-invalid')
    const finder = new ManifestFinder()
    const entry = { path: 'pack.toml', kind: 'file', executable: false, sizeBytes: LIMITS.manifestBytes + 1, content: once('') } as const
    assert.throws(() => finder.watch(entry), (error) => isGgenError(error, 'manifest-invalid'))
  })

  it('shows texts within the limits of a signed summary', async () => {
    const { summary } = await describeFiles({ 'pack.toml': `[pack]\nname = "a"\nversion = "1.0.0"\ndescription = "${'ü'.repeat(9273)}"` })
    assert.equal(summary.description.length, LIMITS.descriptionChars)
    assert(summary.description.endsWith('ü…'))
  })
})

describe('a summary', () => {
  it('can be signed, whatever the manifest says', async () => {
    const publisher = new Publisher('any texts')
    const anyText = fc.string({ unit: 'binary', maxLength: 1500 })
    const texts = fc.record({ title: anyText, description: anyText, keywords: fc.array(anyText), category: anyText, license: anyText, author: anyText })
    await fc.assert(
      fc.asyncProperty(texts, async (more) => {
        const { summary } = await describeFiles({ 'package.json': JSON.stringify({ name: 'a', version: '1.0.0', ...more }) })
        assert.deepEqual(publisher.release('a', '1.0.0', { summary }).body.summary, summary)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the metadata document', () => {
  it('keeps the whole description where it fits and cuts it where not', () => {
    const withText = (description: string) => {
      const manifest = parseManifest('package.json', JSON.stringify({ name: 'a', version: '1.0.0', description }))
      return encodeMetadata(manifest, { files: 1, unpackedBytes: 1 })
    }
    assert(Buffer.from(withText('d'.repeat(9273))).includes('d'.repeat(9273)))
    for (const letter of ['d', 'ü', '"', '👩', 'a\n']) {
      const metadata = withText(letter.repeat(100_000))
      assert(metadata.length <= LIMITS.metadataBytes && metadata.length > LIMITS.metadataBytes - 20, `${letter}: ${metadata.length}`)
      assert((JSON.parse(Buffer.from(metadata).toString()) as { description: string }).description.endsWith('…'))
    }
  })

  it('names optional and peer dependencies only where there are any', () => {
    const documentOf = (more: object) => {
      const manifest = parseManifest('package.json', JSON.stringify({ name: 'a', version: '1.0.0', ...more }))
      return JSON.parse(Buffer.from(encodeMetadata(manifest, { files: 1, unpackedBytes: 1 })).toString()) as Record<string, unknown>
    }
    const without = documentOf({ dependencies: { b: '^1' } })
    assert.deepEqual(without['dependencies'], [{ name: 'b', range: '^1' }])
    assert(!('optionalDependencies' in without) && !('peerDependencies' in without))
    const withAll = documentOf({ optionalDependencies: { c: '^2' }, peerDependencies: { d: '*', e: '1' }, peerDependenciesMeta: { e: { optional: true } } })
    assert.deepEqual(withAll['dependencies'], [])
    assert.deepEqual(withAll['optionalDependencies'], [{ name: 'c', range: '^2' }])
    assert.deepEqual(withAll['peerDependencies'], [{ name: 'd', range: '*' }, { name: 'e', range: '1', optional: true }])
  })

  it('refuses more dependencies than fit', () => {
    const dependencies = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`package-${index}`, '^1.0.0']))
    const manifest = parseManifest('package.json', JSON.stringify({ name: 'a', version: '1.0.0', description: 'd', dependencies }))
    assert.throws(() => encodeMetadata(manifest, { files: 1, unpackedBytes: 1 }), (error) => isGgenError(error, 'manifest-invalid'))
  })

  it('has one text for one value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes('null'))
      const text = canonicalJson(value as Json)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      assert.equal(canonicalJson(JSON.parse(text) as Json), text)
    }))
    assert.equal(canonicalJson({ b: [1, 'x', true], a: { d: 0, c: -1.5 } }), '{"a":{"c":-1.5,"d":0},"b":[1,"x",true]}')
  })
})
