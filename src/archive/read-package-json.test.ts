import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, isGgenError } from '#core'
import type { PackFile } from './archive-entry.ts'
import { packArchive } from './pack-archive.ts'
import { type ArchivedPackageJson, readPackageJson } from './read-package-json.ts'

const file = ([path, text]: readonly [string, string]): PackFile => ({
  path, executable: false, sizeBytes: Buffer.byteLength(text),
  content: async function* () {
    yield await Promise.resolve(Buffer.from(text))
  },
})

const read = (files: Readonly<Record<string, string>>): Promise<ArchivedPackageJson> => readPackageJson(packArchive(Object.entries(files).map(file)))

const refuses = (files: Readonly<Record<string, string>>, code: ErrorCode): Promise<void> =>
  assert.rejects(read(files), (error) => isGgenError(error, code))

describe('the package.json of an archive', () => {
  it('is the one at the root, whole, with what else npm looks for there', async () => {
    const manifest = { name: 'a', version: '1.0.0', exports: { '.': './x.js' } }
    assert.deepEqual(await read({ 'package.json': `\ufeff${JSON.stringify(manifest)}`, 'lib/package.json': '{}', 'deep/binding.gyp': '' }), {
      manifest, isNative: false, hasShrinkwrap: false,
    })
    const native = await read({ 'package.json': '{}', 'binding.gyp': '', 'npm-shrinkwrap.json': '{}' })
    assert.deepEqual(native, { manifest: {}, isNative: true, hasShrinkwrap: true })
  })

  it('must be there, and be an object of JSON', async () => {
    await refuses({ 'index.js': '' }, 'manifest-missing')
    await refuses({ 'lib/package.json': '{}' }, 'manifest-missing')
    await refuses({ 'package.json': '{' }, 'manifest-invalid')
    await refuses({ 'package.json': '[]' }, 'manifest-invalid')
  })
})
