import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, temporaryFolder, TestClock } from '#testing'
import { installFetched, type InstallRequest } from './install-fetched.ts'
import { accessTo } from './node-access.ts'

const { signal } = new AbortController()

test('a package lies where its path says, and the next install asks for the same publisher', async () => {
  await using folder = await temporaryFolder()
  const clock = new TestClock()
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const access = accessTo(node)
  const { identity } = await node.publish(smallPackage('ns/tool'), 'ada')
  const locks: unknown[] = []
  const fetch: InstallRequest['fetch'] = async (locked) => {
    locks.push(locked)
    const release = await access.fetch({ spec: 'ns/tool', ...(locked !== undefined && { locked }) }, signal)
    const read = (): AsyncIterable<Uint8Array> => access.readBlob(release.digest, signal)
    return { ...release, read, bytes: async () => Buffer.concat(await Array.fromAsync(read())) }
  }
  const request = { spec: 'ns/tool@1', folder: folder.path, fetch, signal }
  const { path } = await installFetched(request)
  assert.equal(path, join(folder.path, 'ggen_packages/ns/tool'))
  assert.equal(await readFile(join(path, 'README.md'), 'utf8'), '# ns/tool\n')
  await installFetched(request)
  assert.deepEqual(locks, [undefined, identity])
})
