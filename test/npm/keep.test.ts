import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type RunningNode, startNode, temporaryFolder, until } from '#testing'
import { makePackage, StubUpstream } from './support/mod.ts'

interface Kept {
  readonly kept: readonly { readonly archives: number; readonly copies: { readonly lowest: number; readonly share: number } }[]
}

interface Listed {
  readonly kept: readonly {
    readonly lockfile?: string
    readonly peer?: string
    readonly archives: number
    readonly copies?: { readonly wanted: number; readonly seen?: { readonly lowest: number; readonly share: number; readonly at: number } }
  }[]
}

const NAMES = ['one', 'two', 'three', 'four', 'five']

test('ggen npm keep has what a lock file needs kept here and on others of a private network, also over a restart', async () => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: NAMES.map((name) => makePackage({ name, versionCount: 1, sizeBytes: 3000 })) })
  const npmrc = join(work.path, 'npmrc')
  await writeFile(npmrc, `registry=${upstream.url}\n`)
  const lock = join(work.path, 'package-lock.json')
  const packages = Object.fromEntries(NAMES.map((name) => [`node_modules/${name}`, { version: '1.0.0' }]))
  await writeFile(lock, JSON.stringify({ lockfileVersion: 3, packages }))
  const home = (name: string): string => join(work.path, name)
  const nodeAt = async (name: string): Promise<RunningNode> => await startNode({ home: home(name), env: { npm_config_userconfig: npmrc } })
  const sees = async (node: RunningNode, count: number): Promise<unknown> =>
    await until(`${count} peers are there`, async () => (await ggen(node.home, 'p2p', 'peers', '--json')).json<readonly object[]>().length === count)
  const list = async ({ home: of }: RunningNode): Promise<Listed['kept']> => (await ggen(of, 'npm', 'keep', '--list', '--json')).json<Listed>().kept

  assert.equal((await ggen(home('a'), 'invite', '--network', 'acme')).code, 0)
  await using a = await nodeAt('a')
  const { ticket } = (await ggen(a.home, 'invite', '--json')).json<{ readonly ticket: string }>()
  for (const name of ['b', 'c']) assert.equal((await ggen({ home: home(name), env: { GGEN_TICKET: ticket } }, 'join')).code, 0)
  await using b = await nodeAt('b')
  await using c = await nodeAt('c')
  await sees(a, 2)

  const keep = async (replicas: number) => await ggen(a.home, 'npm', 'keep', lock, '--replicas', String(replicas), '--wait', '30s', '--json')
  const two = await keep(2)
  assert.equal(two.code, 0, two.stdout + two.stderr)
  const [kept] = two.json<Kept>().kept
  assert.deepEqual([kept?.archives, kept?.copies.lowest, kept?.copies.share], [NAMES.length, 2, 1])
  assert.equal(upstream.asked(/\.tgz$/).length, NAMES.length, 'the copies come from here')
  const three = await keep(3)
  assert.equal(three.code, 4)
  assert.match(three.stdout, /replicas-missing/)
  for (const node of [b, c]) assert.deepEqual((await list(node)).map(({ peer, archives }) => [peer, archives]), [[a.peerId, NAMES.length]])
  const [listed] = await list(a)
  assert.deepEqual([listed?.lockfile, listed?.copies?.wanted, listed?.copies?.seen?.lowest, listed?.copies?.seen?.share], [lock, 3, 2, 0])
  assert.match((await ggen(a.home, 'npm', 'keep', '--list')).stdout, /\t2 of 3, 0 %\t/)

  await upstream.goOff()
  assert.equal(await b.interrupt(), 0)
  await using again = await nodeAt('b')
  assert.deepEqual((await list(again)).map(({ peer, archives }) => [peer, archives]), [[a.peerId, NAMES.length]])
  await ggen(again.home, 'cache', 'clear', '--yes')
  assert.equal(await a.interrupt(), 0)
  const warm = await ggen(again.home, 'npm', 'probe', 'one@1.0.0', '--json')
  assert.equal(warm.code, 0)
  const { blobs } = (await ggen(again.home, 'p2p', 'status', '--json')).json<{ readonly blobs: number }>()
  assert.equal(blobs, NAMES.length, 'what is kept stays')
})

test('what a lock file has no more, and what is dropped, others need not keep any more', async () => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: NAMES.map((name) => makePackage({ name, versionCount: 1, sizeBytes: 3000 })) })
  const [npmrc, lock] = [join(work.path, 'npmrc'), join(work.path, 'package-lock.json')]
  await writeFile(npmrc, `registry=${upstream.url}\n`)
  const nodeAt = async (name: string): Promise<RunningNode> =>
    await startNode({ home: join(work.path, name), env: { npm_config_userconfig: npmrc } })
  const writeLock = async (names: readonly string[]): Promise<void> => {
    const packages = Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: '1.0.0' }]))
    await writeFile(lock, JSON.stringify({ lockfileVersion: 3, packages }))
  }

  assert.equal((await ggen(join(work.path, 'a'), 'invite', '--network', 'acme')).code, 0)
  await using a = await nodeAt('a')
  const { ticket } = (await ggen(a.home, 'invite', '--json')).json<{ readonly ticket: string }>()
  assert.equal((await ggen({ home: join(work.path, 'b'), env: { GGEN_TICKET: ticket } }, 'join')).code, 0)
  await using b = await nodeAt('b')
  await until('they know each other', async () => (await ggen(a.home, 'p2p', 'peers', '--json')).json<readonly object[]>().length === 1)
  const kept = async (): Promise<readonly number[]> =>
    (await ggen(b.home, 'npm', 'keep', '--list', '--json')).json<Listed>().kept.map(({ archives }) => archives)
  const keep = async (): Promise<void> => {
    const { code, stdout, stderr } = await ggen(a.home, 'npm', 'keep', lock, '--replicas', '1', '--wait', '30s')
    assert.equal(code, 0, stdout + stderr)
  }

  await writeLock(NAMES)
  await keep()
  assert.deepEqual(await kept(), [NAMES.length])
  await writeLock(NAMES.slice(0, 2))
  await keep()
  await until('what is not in the lock file any more is let go', async () => (await kept())[0] === 2)
  assert.equal((await ggen(a.home, 'npm', 'keep', '--drop', lock)).code, 0)
  await until('what is dropped is let go', async () => (await kept()).length === 0)
})

test('outside a private network only this node keeps what a lock file needs, until that is dropped', async () => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: [makePackage({ name: 'one', versionCount: 1, sizeBytes: 3000 })] })
  const [npmrc, lock] = [join(work.path, 'npmrc'), join(work.path, 'package-lock.json')]
  await writeFile(npmrc, `registry=${upstream.url}\n`)
  await writeFile(lock, JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/one': { version: '1.0.0' } } }))
  await using node = await startNode({ home: join(work.path, 'home'), env: { npm_config_userconfig: npmrc } })
  const { code, stderr } = await ggen(node.home, 'npm', 'keep', lock, '--wait', '1s')
  assert.equal(code, 4)
  assert.match(stderr, /on 0 of 3 other nodes[^]*private network/)
  assert.match((await ggen(node.home, 'npm', 'keep', '--list')).stdout, /package-lock\.json\n/)
  assert.equal((await ggen(node.home, 'npm', 'keep', '--drop', lock)).code, 0)
  assert.equal((await ggen(node.home, 'npm', 'keep', '--drop', lock)).code, 3)
})
