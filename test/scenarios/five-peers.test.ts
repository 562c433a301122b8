import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '#core'
import { controlClient } from '#doors/control'
import { startNode, until } from '#testing'
import { startHolder, startHolders } from '../faults/holder.ts'
import { bytesFrom, installRight, openScene, untilMet } from '../faults/scene.ts'
import { Cluster, never, sees } from './cluster.ts'

const PEERS = 5
const SIZE_BYTES = 8_000_000
/** So that all five have something to give before it is over. */
const HONEST = { lie: { kind: 'slow', bytesPerSecond: 1_000_000 } } as const

test('multi-peer-connectivity: five nodes make a mesh of ten connections, and each sees the four others', async () => {
  await using cluster = await Cluster.open()
  for (let index = 0; index < PEERS; index += 1) {
    await cluster.start(`peer-${index}`, { bootstrap: cluster.members.map(({ node }) => node.addresses[0] ?? '') })
  }
  const others = (one: number): typeof cluster.members => cluster.members.filter((_, index) => index !== one)
  await until('each sees all others', async () => {
    const seen = await Promise.all(cluster.members.flatMap((one, index) => others(index).map((other) => sees(one, other))))
    return seen.every(Boolean)
  })
  assert.deepEqual((await cluster.status()).map(({ peers }) => peers), [4, 4, 4, 4, 4])
  const peers = await Promise.all(cluster.members.map(({ client }) => client.peers(never)))
  assert.equal(peers.flat().filter(({ direction }) => direction === 'outbound').length, 10, 'connections, each counted where it was made')
})

test('peer-failure-recovery: of five holders one is killed at half, and the others give the rest', async () => {
  await using scene = await openScene({ sizesBytes: [SIZE_BYTES] })
  const [package_] = scene.packages
  assert.ok(package_)
  const { digest, files, name, sizeBytes } = package_
  await using node = await startNode({ home: await scene.newcomer('asker') })
  const holding = { files, dial: node.addresses }
  await using dying = await startHolder(holding, HONEST)
  await using others = await startHolders(holding, [HONEST, HONEST, HONEST, HONEST])
  await untilMet(node, [dying, ...others.holders])

  const client = controlClient(join(node.home, 'ggen.sock'))
  let killed: Promise<void> | undefined
  const fetched = await client.fetch({ spec: name }, never, ({ receivedBytes }) => {
    if (receivedBytes >= sizeBytes / 2) killed ??= dying.kill()
  })
  assert.ok(killed, 'it was killed before the end')
  await killed
  assert.equal(digestOf(Buffer.concat(await Array.fromAsync(client.readBlob(digest, never)))), digest)
  const given = [dying, ...others.holders].map((holder) => bytesFrom(fetched, holder))
  assert.ok(given.every((bytes) => bytes > 0), given.join())
  assert.equal(given.reduce((sum, bytes) => sum + bytes, 0), sizeBytes)
  assert.deepEqual((await installRight(node.home, package_)).sources, [], 'then it is here')
})
