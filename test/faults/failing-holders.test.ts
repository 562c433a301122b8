import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { digestOf } from '#core'
import { controlClient } from '#doors/control'
import { startNode } from '#testing'
import { startHolder } from './holder.ts'
import { bytesFrom, installRight, openScene, type Scene, untilMet } from './scene.ts'

const never = new AbortController().signal
const SIZE_BYTES = 24_000_000
const HONEST = { lie: { kind: 'slow', bytesPerSecond: 6_000_000 } } as const

let scene: Scene

before(async () => {
  scene = await openScene({ sizesBytes: [SIZE_BYTES] })
})

after(() => scene[Symbol.asyncDispose]())

test('a holder that is killed at half leaves its work to the two others', async () => {
  const [package_] = scene.packages
  assert.ok(package_)
  const { digest, files, name, sizeBytes } = package_
  await using node = await startNode({ home: await scene.newcomer('half') })
  const dial = node.addresses
  await using dying = await startHolder({ files, dial }, HONEST)
  await using left = await startHolder({ files, dial }, HONEST)
  await using right = await startHolder({ files, dial }, HONEST)
  await untilMet(node, [dying, left, right])

  const client = controlClient(join(node.home, 'ggen.sock'))
  let killed: Promise<void> | undefined
  const fetched = await client.fetch({ spec: name }, never, ({ receivedBytes }) => {
    if (receivedBytes >= sizeBytes / 2) killed ??= dying.kill()
  })
  assert.ok(killed, 'it was killed before the end')
  await killed
  assert.equal(digestOf(Buffer.concat(await Array.fromAsync(client.readBlob(digest, never)))), digest)
  const given = [dying, left, right].map((holder) => bytesFrom(fetched, holder))
  assert.ok(given.every((bytes) => bytes > 0), given.join())
  assert.equal(given.reduce((sum, bytes) => sum + bytes, 0), sizeBytes)
  assert.deepEqual((await installRight(node.home, package_)).sources, [], 'then it is here')
})
