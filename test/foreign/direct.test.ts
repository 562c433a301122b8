import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '#core'
import { bringIndex, foreignArchive, ggen, startNode, temporaryFolder } from '#testing'

interface Failure { readonly error: { readonly code: string } }

test('for one call a folder is searched and installed from, its digests are pins, and a version that it changes is refused', { timeout: 60_000 }, async () => {
  await using work = await temporaryFolder()
  const [home, brought, project] = ['home', 'brought', 'project'].map((name) => join(work.path, name)) as [string, string, string]
  await mkdir(project)
  await using node = await startNode({ home })
  const [a, b] = [await foreignArchive('pack-a', '1.0.0', { needs: { 'pack-b': '^1' } }), await foreignArchive('pack-b', '1.1.0')]
  await bringIndex(brought, [['pack-a', '1.0.0', a], ['pack-b', '1.1.0', b]])

  const found = (await ggen(node.home, 'search', 'pack', '--registry', brought, '--json')).json<{ results: { name: string; source: string }[] }>()
  assert.deepEqual(found.results.map(({ name, source }) => [name, source]), [['pack-a', 'folder:brought'], ['pack-b', 'folder:brought']])
  const installed = await ggen(home, 'install', 'pack-a@^1', '--registry', brought, '--dir', project, '--json')
  assert.deepEqual(installed.json<{ installed: { name: string }[] }>().installed.map(({ name }) => name), ['pack-a', 'pack-b'], installed.stdout)
  assert.match(await readFile(join(project, 'ggen_packages', 'pack-b', 'ggen.toml'), 'utf8'), /the pack pack-b/)
  const lock = await readFile(join(project, 'ggen.lock'), 'utf8')
  assert.match(lock, new RegExp(`name = "pack-a"\nversion = "1.0.0"\nsource = "folder:brought"\ndigest = "${digestOf(a)}"`))
  assert.match(lock, /wanted = "\^1"\ndependencies = \[\n {2}"pack-b@\^1",\n\]/)
  assert.doesNotMatch(lock, /identity/)

  const changed = await foreignArchive('pack-a', '1.0.0', { license: 'MIT' })
  await bringIndex(brought, [['pack-a', '1.0.0', changed], ['pack-b', '1.1.0', b]])
  const another = join(work.path, 'another')
  await mkdir(another)
  for (const folder of [project, another]) {
    const refused = await ggen(home, 'install', 'pack-a', '--registry', brought, '--dir', folder, '--json')
    assert.deepEqual([refused.json<Failure>().error.code, refused.code], ['disputed', 7], 'also in a project that never had it')
  }
  assert.equal((await ggen(home, 'update', '--registry', brought, '--dir', project, '--json')).code, 0)
  assert.equal(await readFile(join(project, 'ggen.lock'), 'utf8'), lock, 'what is locked stays as it is')
  const c = await foreignArchive('pack-c', '1.0.0')
  await bringIndex(brought, [['pack-c', '1.0.0', c]])
  await writeFile(join(brought, 'pack-c-1.0.0.tar.gz'), changed)
  const broken = await ggen(home, 'install', 'pack-c', '--registry', brought, '--dir', another, '--json')
  assert.deepEqual([broken.json<Failure>().error.code, broken.code], ['integrity', 5])
})
