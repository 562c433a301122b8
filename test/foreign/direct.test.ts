import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { packArchive } from '#archive'
import { digestOf } from '#core'
import { ggen, temporaryFolder } from '#testing'

interface Failure { readonly error: { readonly code: string } }

const archiveOf = async (name: string, version: string, more = ''): Promise<Uint8Array> => {
  const text = `[package]\nname = "${name}"\nversion = "${version}"\ndescription = "the pack ${name}"\n${more}`
  const file = { path: 'ggen.toml', executable: false, sizeBytes: Buffer.byteLength(text), content: async function* () { yield Buffer.from(text) } }
  return Buffer.concat(await Array.fromAsync(packArchive([file])))
}

/** A folder as somebody brings it: an index, and archives beside it. */
const bring = async (folder: string, packs: readonly (readonly [name: string, version: string, bytes: Uint8Array])[]): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const [name, version, bytes] of packs) await writeFile(join(folder, `${name}-${version}.tar.gz`), bytes)
  const listed = packs.map(([name, version, bytes]) => ({
    name, version, description: `the pack ${name}`, digest: digestOf(bytes), size_bytes: bytes.length, download_url: `${name}-${version}.tar.gz`,
  }))
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schema: 'https://ggen.dev/marketplace/catalog/v2', marketplace_version: '1', packs: listed }))
}

test('without any node a folder is searched and installed from, its digests are pins, and a version that it changes is refused', async () => {
  await using work = await temporaryFolder()
  const [home, brought, project] = ['home', 'brought', 'project'].map((name) => join(work.path, name)) as [string, string, string]
  await mkdir(project)
  const [a, b] = [await archiveOf('pack-a', '1.0.0', '[dependencies]\npack-b = "^1"\n'), await archiveOf('pack-b', '1.1.0')]
  await bring(brought, [['pack-a', '1.0.0', a], ['pack-b', '1.1.0', b]])

  const found = (await ggen(home, 'search', 'pack', '--registry', brought, '--json')).json<{ source: string; results: { name: string }[] }>()
  assert.deepEqual([found.source, found.results.map(({ name }) => name)], ['folder:brought', ['pack-a', 'pack-b']])
  const installed = await ggen(home, 'install', 'pack-a@^1', '--registry', brought, '--dir', project, '--json')
  assert.deepEqual(installed.json<{ installed: { name: string }[] }>().installed.map(({ name }) => name), ['pack-a', 'pack-b'], installed.stdout)
  assert.match(await readFile(join(project, 'ggen_packages', 'pack-b', 'ggen.toml'), 'utf8'), /the pack pack-b/)
  const lock = await readFile(join(project, 'ggen.lock'), 'utf8')
  assert.match(lock, new RegExp(`name = "pack-a"\nversion = "1.0.0"\nsource = "folder:brought"\ndigest = "${digestOf(a)}"`))
  assert.match(lock, /wanted = "\^1"\ndependencies = \[\n {2}"pack-b@\^1",\n\]/)
  assert.doesNotMatch(lock, /identity/)

  const changed = await archiveOf('pack-a', '1.0.0', 'license = "MIT"\n')
  await bring(brought, [['pack-a', '1.0.0', changed], ['pack-b', '1.1.0', b]])
  for (const folder of [project, join(work.path, 'another')]) {
    await mkdir(folder, { recursive: true })
    const refused = await ggen(home, 'install', 'pack-a', '--registry', brought, '--dir', folder, '--json')
    assert.deepEqual([refused.json<Failure>().error.code, refused.code], ['disputed', 7], 'also in a project that never had it')
  }
  await writeFile(join(brought, 'pack-b-1.1.0.tar.gz'), changed)
  const broken = await ggen(home, 'install', 'pack-b', '--registry', brought, '--dir', join(work.path, 'another'), '--json')
  assert.deepEqual([broken.json<Failure>().error.code, broken.code], ['integrity', 5])
})
