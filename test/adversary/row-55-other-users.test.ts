import assert from 'node:assert/strict'
import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ggen, smallPackage, startNode, temporaryFolder, writeTree } from '#testing'

const GROUP_AND_OTHERS = 0o077

/** Everything below a folder, and the folder itself, with the bits that others have. */
const openToOthers = async (folder: string, context?: TestContext): Promise<readonly string[]> => {
  const names = [folder, ...(await readdir(folder, { recursive: true })).map((name) => join(folder, name))]
  const found = await Promise.all(names.map(async (path) => ({ path, mode: (await lstat(path)).mode & GROUP_AND_OTHERS })))
  assert.ok(found.length > 10, 'a home that is in use has files')
  context?.diagnostic(`${found.length} files and folders, ${found.filter(({ mode }) => mode !== 0).length} open to others`)
  return found.filter(({ mode }) => mode !== 0).map(({ path, mode }) => `${path} ${mode.toString(8)}`)
}

const options = { skip: process.platform === 'win32' && 'Windows keeps its permissions elsewhere' }

test('nothing of a home that is in use is open to another user, whatever the umask says', options, async (context) => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const before = process.umask(0)
  try {
    await using node = await startNode({ home })
    const source = await writeTree(join(work.path, 'source'), smallPackage('tool'))
    assert.equal((await ggen(home, 'publish', '--no-passphrase', source, '--json')).code, 0)
    const machine = { home, env: { GGEN_PASSPHRASE: 'correct horse' } }
    assert.equal((await ggen(machine, 'id', 'protect')).code, 0)
    const backup = join(work.path, 'backup.age')
    assert.equal((await ggen(machine, 'id', 'backup', backup)).code, 0)
    assert.equal((await lstat(backup)).mode & 0o777, 0o600)
    assert.deepEqual(await openToOthers(home, context), [])
    assert.equal(await node.interrupt(), 0)
    assert.deepEqual(await openToOthers(home), [])
  } finally {
    process.umask(before)
  }
})

test('keys that another user can read are not used: by the terminal, and by the node', options, async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  assert.equal((await ggen(home, 'id', 'create', '--no-passphrase')).code, 0)
  await (await startNode({ home })).interrupt()
  const keys = join(home, 'keys')
  const refusals = async (...command: readonly string[]): Promise<unknown> => {
    const refused = await ggen(home, ...command, '--json')
    const { error } = refused.json<{ error: { code: string; details?: { path: string } } }>()
    return [refused.code, error.code, error.details?.path]
  }
  for (const [path, mode] of [[join(keys, 'identity.json'), 0o600], [keys, 0o700]] as const) {
    await chmod(path, mode | 0o044)
    for (const command of ['show', 'protect']) assert.deepEqual(await refusals('id', command), [8, 'home-insecure', path])
    await chmod(path, mode)
    assert.equal((await ggen(home, 'id', 'show')).code, 0)
  }
  await chmod(join(keys, 'peer.key'), 0o644)
  assert.deepEqual(await refusals('p2p', 'start'), [8, 'home-insecure', join(keys, 'peer.key')])
})
