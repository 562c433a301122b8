import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PackageName } from '#core'
import { temporaryFolder } from '#testing'
import { packageFolder } from './package-folder.ts'
import { placesOf } from './project-places.ts'

test('a package is a folder to which no link leads', async () => {
  await using folder = await temporaryFolder()
  const places = placesOf(folder.path)
  const [scoped, plain, linked] = ['@x/a', 'b', '@y/c'] as PackageName[] as [PackageName, PackageName, PackageName]
  assert.equal(await packageFolder(places, plain), 'missing')
  await mkdir(join(places.packages, '@x/a'), { recursive: true })
  await mkdir(join(folder.path, 'elsewhere/c'), { recursive: true })
  await symlink(join(folder.path, 'elsewhere'), join(places.packages, '@y'))
  await writeFile(join(places.packages, 'b'), '')
  assert.deepEqual(await Promise.all([scoped, plain, linked].map(async (name) => await packageFolder(places, name))), ['folder', 'kind', 'kind'])
})
