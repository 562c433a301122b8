import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { isGgenError, LIMITS } from '#core'
import { temporaryFolder } from '#testing'
import { readManifestNeeds } from './read-manifest-needs.ts'

test('a project asks for what its manifest names, and for nothing without one', async () => {
  await using folder = await temporaryFolder()
  assert.equal(await readManifestNeeds(folder.path), undefined)
  assert.equal(await readManifestNeeds(join(folder.path, 'new')), undefined)
  const path = join(folder.path, 'ggen.toml')
  await writeFile(path, '[dependencies]\na = "^1"\n')
  assert.deepEqual(await readManifestNeeds(folder.path), { file: 'ggen.toml', needs: [{ name: 'a', range: '^1', kind: 'needed' }] })
  await writeFile(path, '#'.repeat(LIMITS.manifestBytes + 1))
  await assert.rejects(readManifestNeeds(folder.path), (error) => isGgenError(error, 'manifest-invalid'))
})
