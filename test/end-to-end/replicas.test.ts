import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type RunningNode, seeded, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'

interface PublishJson {
  readonly digest: string
  readonly replication: { readonly wanted: number; readonly holders: readonly string[] }
  readonly error?: { readonly code: string }
}

/** A node with its own `config.toml`. */
const startSeeder = async (home: string, config: string, bootstrap: readonly string[]): Promise<RunningNode> => {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFile(join(home, 'config.toml'), config)
  return startNode({ home, bootstrap })
}

test('a publisher waits until as many others hold the release as it wants, and learns who', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  await using publisher = await startNode({ home: home('publisher') })
  await using follower = await startSeeder(home('follower'), '[seed]\nfollow = ["copied"]\n', publisher.addresses)
  await using keeper = await startSeeder(home('keeper'), '[seed]\nall = true\n', publisher.addresses)
  await using bystander = await startNode({ home: home('bystander'), bootstrap: publisher.addresses })
  await until('three peers are there', async () => (await ggen(publisher.home, 'p2p', 'peers', '--json')).json<unknown[]>().length === 3)
  const folder = join(work.path, 'package')
  await writeTree(folder, smallPackage('copied'))

  const done = await ggen(publisher.home, 'publish', '--no-passphrase', folder, '--replicas', '2', '--json')
  assert.equal(done.code, 0, done.stderr)
  const { digest, replication } = done.json<PublishJson>()
  assert.deepEqual([...replication.holders].sort(), [follower.peerId, keeper.peerId].sort())

  const short = await ggen(publisher.home, 'publish', '--no-passphrase', folder, '--replicas', '3', '--timeout', '8', '--json')
  assert.equal(short.code, 4)
  const partly = short.json<PublishJson>()
  assert.deepEqual([partly.digest, partly.error?.code, partly.replication.holders.length], [digest, 'replicas-missing', 2], 'the release stands')

  await publisher.kill()
  const installed = await ggen(bystander.home, 'install', 'copied', '--dir', join(work.path, 'project'), '--json')
  assert.equal(installed.code, 0, 'the copies outlive the publisher')
  const [one] = installed.json<{ installed: { sources: { peer: string }[] }[] }>().installed
  assert.ok(one?.sources.every(({ peer }) => [follower.peerId, keeper.peerId].includes(peer)))
})

test('what is pinned or published here stays when the quota is used up, and the rest goes', async () => {
  await using work = await temporaryFolder()
  await using node = await startSeeder(join(work.path, 'node'), '[storage]\nquota = "6MB"\n', [])
  await using other = await startNode({ home: join(work.path, 'other'), bootstrap: node.addresses })
  for (const name of ['one', 'two', 'three']) {
    const files = { ...smallPackage(name), 'data.bin': seeded(name).bytes(2_500_000) }
    assert.equal((await ggen(other.home, 'publish', '--no-passphrase', await writeTree(join(work.path, name), files))).code, 0)
    await until(`${name} is known`, async () => (await ggen(node.home, 'info', name, '--json')).code === 0)
    assert.equal((await ggen(node.home, ...(name === 'one' ? ['pin', name] : ['install', name, '--dir', join(work.path, 'project')]))).code, 0)
  }
  assert.deepEqual((await ggen(node.home, 'pins', '--json')).json<{ pins: { name: string }[] }>().pins.map(({ name }) => name), ['one'])
  await other.kill()
  const again = async (name: string): Promise<number> => (await ggen(node.home, 'install', name, '--dir', join(work.path, `again-${name}`))).code
  assert.deepEqual([await again('one'), await again('two'), await again('three')], [0, 4, 0], 'the second had to go for the third')
  assert.equal((await ggen(node.home, 'unpin', 'one')).code, 0)
})
