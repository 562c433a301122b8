import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { isGgenError, parsePackageSpec, type ReleaseOp } from '#core'
import { smallPackage, temporaryFolder, until } from '#testing'
import { genesis, NAME, release } from '../../vectors/story.ts'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const PEERS = 4
const RELEASES = 6
const ROLLED_BACK = 3

const g = genesis()
const releases: ReleaseOp[] = []
for (let minor = 0; minor < RELEASES; minor += 1) {
  const prev = releases.at(-1)
  releases.push(release({ roles: g, key: 4, ...(prev !== undefined && { prev }) }, `1.${minor}.0`, `content ${minor}`))
}
const upTo = (count: number): Uint8Array[] => [g, ...releases.slice(0, count)].map(({ bytes }) => bytes)

const newest = async ({ marketplace }: RealNode): Promise<string> => (await marketplace.info(parsePackageSpec(NAME), never)).version

/** Runs `work` on a node of this folder that has compared its catalogue with all peers, which know so many releases. */
const among = async (folder: string, known: number, work: (victim: RealNode, peers: readonly RealNode[]) => Promise<void>): Promise<void> => {
  await using cleanup = new AsyncDisposableStack()
  const peers: RealNode[] = []
  for (let index = 0; index < PEERS; index += 1) peers.push(cleanup.use(await openRealNode({ knows: upTo(known) })))
  const victim = cleanup.use(await openRealNode({ folder, bootstrap: peers.flatMap(({ addresses }) => addresses) }))
  await until('it has compared with all of them', () =>
    peers.every(({ network }) => victim.events.some((event) => event.type === 'synced' && event.peer === network.self)))
  await work(victim, peers)
}

test(`all ${PEERS} peers go back by ${ROLLED_BACK} ops and the victim restarts: it keeps what it knew, and the peers get it back`, async (t) => {
  await using work = await temporaryFolder()
  await among(work.path, RELEASES, async (victim) => {
    assert.equal(await newest(victim), `1.${RELEASES - 1}.0`)
  })
  await among(work.path, RELEASES - ROLLED_BACK, async (victim, peers) => {
    assert.equal(await newest(victim), `1.${RELEASES - 1}.0`, 'the old view is kept')
    assert.equal(victim.catalogue.counts().releases, RELEASES)
    await until('honest peers that had lost them learn them again', () => peers.every(({ catalogue }) => catalogue.counts().releases === RELEASES))
    t.diagnostic(`${ROLLED_BACK} of ${RELEASES} ops rolled back by ${PEERS} of ${PEERS} peers: view kept, ${PEERS} peers brought up to date by the victim`)
  })
})

const VERSIONS = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0']

test('a victim that has lost its catalogue, among peers that go back: what it installed before is not undone by an older version', async (t) => {
  await using work = await temporaryFolder()
  await using publisher = await openRealNode()
  for (const version of VERSIONS) await publisher.publish(smallPackage('tool', version), 'alice')
  const all = publisher.catalogue.arrivals(0, 100).envelopes
  const spec = parsePackageSpec('tool')
  {
    await using victim = await openRealNode({ folder: work.path, bootstrap: publisher.addresses })
    await until('it knows all versions', () => victim.catalogue.counts().releases === VERSIONS.length)
    assert.equal((await victim.marketplace.fetch({ spec }, never)).version, '1.5.0')
  }
  for (const file of await readdir(work.path)) if (file.startsWith('catalogue.db')) await rm(join(work.path, file))

  await using stale = await openRealNode({ knows: all.slice(0, -ROLLED_BACK) })
  await using victim = await openRealNode({ folder: work.path, bootstrap: stale.addresses })
  await until('it knows what they show', () => victim.catalogue.counts().releases === VERSIONS.length - ROLLED_BACK)
  await assert.rejects(victim.marketplace.fetch({ spec }, never), (error) => isGgenError(error, 'rollback'))
  const [address] = publisher.addresses
  assert.ok(address)
  await victim.network.dial(address, never)
  await until('somebody shows it the rest', () => victim.catalogue.counts().releases === VERSIONS.length)
  assert.equal((await victim.marketplace.fetch({ spec }, never)).version, '1.5.0')
  t.diagnostic(`without its catalogue, ${ROLLED_BACK} of ${VERSIONS.length} ops rolled back: refused as "rollback" until an honest peer is there`)
})
