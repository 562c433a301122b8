import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '#core'
import {
  bringIndex, foreignArchive, ggen, noRealPackages, realArchives, realCatalogue, realFile, serveFolder, startNode, temporaryFolder,
} from '#testing'

interface Failure { readonly error: { readonly code: string; readonly message: string } }
interface Installed { readonly installed: readonly { readonly name: string; readonly version: string; readonly source?: string; readonly identity?: string }[] }

/** All that a command needs on a machine that is busy. */
const LONG = { timeout: 180_000 }

test('a node has an index over HTTP as its central registry: projects are installed, shown, verified and updated from it', LONG, async () => {
  await using work = await temporaryFolder()
  const place = (name: string): string => join(work.path, name)
  const base = await foreignArchive('base', '1.4.0')
  const packs = [
    ['base', '1.4.0', base], ['web', '1.0.0', await foreignArchive('web', '1.0.0', { needs: { base: '^1' } })],
    ['cli', '1.0.0', await foreignArchive('cli', '1.0.0', { needs: { base: '*', web: '^1' } })],
  ] as const
  await bringIndex(place('market'), [...packs, ['base', '2.0.0', await foreignArchive('base', '2.0.0')]], 'gpack')
  await using server = await serveFolder(place('market'))
  await using node = await startNode({ home: place('home'), env: { GGEN_REGISTRY_URL: `${server.url}/index.json` } })
  const run = (...args: readonly string[]) => ggen(node.home, ...args, '--json')
  const source = `${server.url}/`
  const project = place('project')
  await mkdir(project)
  const installed = await run('install', 'cli', '--dir', project)
  assert.equal(installed.code, 0, installed.stdout + installed.stderr)
  assert.deepEqual(installed.json<Installed>().installed.map((one) => [one.name, one.version, one.source, one.identity]), [
    ['base', '1.4.0', source, undefined], ['cli', '1.0.0', source, undefined], ['web', '1.0.0', source, undefined],
  ], 'one version of base suits both')
  const lock = await readFile(join(project, 'ggen.lock'), 'utf8')
  assert.ok(lock.includes(`source = "${source}"\ndigest = "${digestOf(base)}"`), lock)
  const { outdated } = (await run('outdated', '--dir', project)).json<{ outdated: { name: string; latest: string; heldBackBy: { by?: string }[] }[] }>()
  assert.deepEqual(outdated.map(({ name, latest, heldBackBy }) => [name, latest, heldBackBy.map(({ by }) => by)]), [['base', '2.0.0', ['web']]])
  assert.equal((await run('update', '--check', '--dir', project)).code, 0)
  // A clone of the project has the lock alone; its bytes are here, and the index is away.
  await rm(join(project, 'ggen_packages'), { recursive: true })
  server.status = 503
  assert.equal((await run('install', '--frozen', '--dir', project)).code, 0)
  assert.equal((await run('verify', '--dir', project)).code, 0)
})

test('the real marketplace in a folder is a central registry; a real package wants one that nobody has', { ...LONG, skip: noRealPackages }, async () => {
  await using work = await temporaryFolder()
  const place = (name: string): string => join(work.path, name)
  await mkdir(join(place('market'), 'archives'), { recursive: true })
  await copyFile(realCatalogue('main-3cc10e50'), join(place('market'), 'index.json'))
  for (const path of await realArchives()) await symlink(path, join(place('market'), 'archives', basename(path)))
  const project = place('project')
  await mkdir(project)
  {
    await using node = await startNode({ home: place('home'), env: { GGEN_REGISTRY_URL: place('market') } })
    const installed = await ggen(node.home, 'install', 'azure-terraform-pack', 'shacl-projection-pack', '--dir', project, '--json')
    assert.equal(installed.code, 0, installed.stdout)
    assert.deepEqual(installed.json<Installed>().installed.map(({ name, source }) => [name, source]), [
      ['azure-terraform-pack', 'folder:market'], ['shacl-projection-pack', 'folder:market'],
    ])
  }
  // The index of the older marketplace vouches for no archive, and one of its packages wants another that it never had.
  await mkdir(place('older'))
  await copyFile(realFile('index/marketplace-registry/2025-11-15-d8c92fd0-index.json'), join(place('older'), 'index.json'))
  await using node = await startNode({ home: place('other'), env: { GGEN_REGISTRY_URL: place('older'), GGEN_TRUST_FIRST_USE: 'accept' } })
  const folder = realFile('packages/2025-11-15-d8c92fd0/academic-peer-review-workflow')
  assert.equal((await ggen(node.home, 'publish', '--no-passphrase', folder, '--json')).code, 0)
  const refused = await ggen(node.home, 'install', 'academic-peer-review-workflow', '--dir', project, '--json')
  assert.equal(refused.json<Failure>().error.code, 'package-not-found', refused.stdout)
  assert.match(refused.json<Failure>().error.message, /academic-paper-lifecycle; academic-peer-review-workflow 1\.0\.0 wants/)
  const bare = await ggen(node.home, 'install', 'academic-bibliography-manager', '--dir', project, '--json')
  assert.equal(bare.json<Failure>().error.code, 'digest-invalid', bare.stdout)
})
