import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { Digest } from '#core'
import { controlClient } from '#doors/control'
import { ggen, hashTree, startNode, temporaryFolder, until, writeTree } from '#testing'
import { openRealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const NAME = '@scope/tool'
const CONTENT = 'x'.repeat(4000)

/** What must stay as it is: files and folders of the user that links lead to. */
interface Canaries {
  /** Makes one; resolves to its path. */
  file(): Promise<string>
  folder(): Promise<string>
  assertUntouched(): Promise<void>
}

const openCanaries = async (folder: string): Promise<Canaries> => {
  const root = join(folder, 'canaries')
  await mkdir(root)
  let made = 0
  const state = async (): Promise<string> => JSON.stringify([(await readdir(root, { recursive: true })).sort(), await hashTree(root)])
  let before = await state()
  const make = async (files: Readonly<Record<string, string>>, name: string): Promise<string> => {
    await writeTree(root, files)
    before = await state()
    return join(root, name)
  }
  return {
    file: () => make({ [`f${made += 1}`]: `private ${made}` }, `f${made}`),
    folder: () => make({ [`d${made += 1}/inside`]: `private ${made}` }, `d${made}`),
    assertUntouched: async () => assert.equal(await state(), before),
  }
}

const plant = async (goal: string, path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await symlink(goal, path)
}

const blobPath = (home: string, digest: Digest): string => join(home, 'blobs/sha256', digest.slice(7, 9), digest.slice(9))

/** Where a project of somebody else can bring links, alone or with what makes them worth something. */
const PROJECT_PLACES = [
  'ggen_packages', 'ggen_packages/.ggen', 'ggen_packages/.ggen/lock.pid', 'ggen_packages/.ggen/lock.db', 'ggen_packages/.ggen/new', 'ggen_packages/.ggen/old',
  'ggen_packages/.ggen/undone', 'ggen_packages/.ggen/plan.json', 'ggen_packages/.ggen/plan.new', 'ggen_packages/.ggen/ggen.lock', 'ggen_packages/@scope',
  'ggen_packages/@scope/tool', 'ggen_packages/@scope/tool/pack.toml', 'ggen.lock',
]

test('links that wait in a node’s folders and in a project are not followed: what they lead to is as it was', async (t) => {
  await using work = await temporaryFolder()
  const canaries = await openCanaries(work.path)
  await using publisher = await openRealNode()
  const { digest } = await publisher.publish({ 'pack.toml': `[pack]\nname = "${NAME}"\nversion = "1.0.0"\n`, 'content.txt': CONTENT }, 'alice')

  const home = join(work.path, 'home')
  await mkdir(home, { mode: 0o700 })
  const inHome = [
    blobPath(home, digest), join(home, 'blobs/partial', digest.slice(7)), join(home, 'blobs/tmp/draft'), join(home, 'limits.json.tmp'), join(home, 'lock.pid'),
  ]
  for (const path of inHome) await plant(await canaries.file(), path)
  await chmod(join(home, 'blobs'), 0o700)
  {
    await using node = await startNode({ home, bootstrap: publisher.addresses })
    const client = controlClient(join(home, 'ggen.sock'))
    await until('it knows the package', async () => (await client.status(never)).releases === 1)
    await assert.rejects(Array.fromAsync(client.readBlob(digest, never)), 'a link is no blob to be read')
    assert.equal((await client.fetch({ spec: NAME }, never)).digest, digest)
    assert.equal((await ggen(home, 'p2p', 'limit', '--up', '10MB', '--json')).code, 0)
    await canaries.assertUntouched()

    let [installed, tries] = [0, 0]
    for (const [index, place] of PROJECT_PLACES.entries()) {
      const dangling = place.includes('lock') ? [join(work.path, 'canaries/nothing')] : []
      for (const goal of [await canaries.file(), await canaries.folder(), ...dangling]) {
        tries += 1
        const project = join(work.path, `project-${index}`)
        await plant(goal, join(project, place))
        const done = await ggen(home, 'install', NAME, '--dir', project, '--json')
        if (done.code === 0) installed += 1
        else assert.notEqual(done.json<{ error: { code: string } }>().error.code, 'internal', `${place}: ${done.stdout}`)
        await canaries.assertUntouched()
        await rm(project, { recursive: true })
      }
    }
    await node.interrupt()
    const outcomes = `${installed} installs replaced the link, ${tries - installed} were refused`
    t.diagnostic(`${inHome.length} links in a node's folders, ${tries} in projects (${outcomes}): 0 followed`)
  }
  await canaries.assertUntouched()
})
