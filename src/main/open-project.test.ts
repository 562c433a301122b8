import assert from 'node:assert/strict'
import { symlink, writeFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { packArchive } from '#archive'
import { Fingerprinter, type IdentityId, type PackageName, type Version } from '#core'
import type { VerifiedArchive } from '#flow/install'
import { temporaryFolder } from '#testing'
import { openProject } from './open-project.ts'

const { signal } = new AbortController()

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const packageOf = async (name: string): Promise<() => VerifiedArchive> => {
  const text = Buffer.from(JSON.stringify({ name, version: '1.0.0' }))
  const file = { path: 'package.json', executable: false, sizeBytes: text.length, content: () => once(text) }
  const bytes = Buffer.concat(await Array.fromAsync(packArchive([file])))
  const fingerprinter = new Fingerprinter()
  fingerprinter.update(bytes)
  const identity = `bafyrei${'a'.repeat(52)}` as IdentityId
  const release = { name: name as PackageName, version: '1.0.0' as Version, identity, ...fingerprinter.finish() }
  return () => ({ release, chunks: once(bytes) })
}

test('a project on disk is read, changed and compared with what it was made of', async () => {
  await using folder = await temporaryFolder()
  const project = openProject(folder.path)
  assert.deepEqual(Object.keys(await project.read()), ['lock', 'isLocked', 'inPlace', 'pathOf'])
  await writeFile(join(folder.path, 'ggen.toml'), '[dependencies]\n"@x/a" = "^1"\n')
  const archive = await packageOf('@x/a')
  const { release } = archive()
  const lock = await project.change({ archives: [archive()], lockAfter: () => [{ ...release, dependencies: [] }] }, signal)
  const state = await project.read()
  assert.deepEqual([state.lock, state.isLocked, state.manifest?.file, [...state.inPlace]], [lock, true, 'ggen.toml', [[release.name, release.digest]]])
  assert.deepEqual(await project.compare(archive(), signal), [])
  const path = state.pathOf(release.name)
  await writeFile(join(path, 'package.json'), '{}')
  assert.deepEqual(await project.compare(archive(), signal), [{ path: 'package.json', what: 'changed' }])
  await rename(path, join(folder.path, 'aside'))
  assert.deepEqual(await project.compare(archive(), signal), [{ path: '', what: 'missing' }])
  await symlink(join(folder.path, 'aside'), path)
  assert.deepEqual(await project.compare(archive(), signal), [{ path: '', what: 'kind' }])
})
