import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inTurns, rounds, startNode } from '#testing'
import { startHolders } from './holder.ts'
import type { Lie } from './lying-shelf.ts'
import { bytesFrom, installRight, openScene, type Scene, untilMet } from './scene.ts'

const PACKAGES = rounds(6, 10)
const NODES = rounds(2, 20)
/** Half of them are one piece, the others have a chunk list. */
const SIZES_BYTES = Array.from({ length: PACKAGES }, (_, index) => (index % 2 === 0 ? 8_000 : 2_500_000))
const CORRUPT: readonly Lie[] = [{ kind: 'wrong' }, { kind: 'wrong' }, { kind: 'short' }]
const TIMEOUT_MS = 10 * 60_000

let scene: Scene

before(async () => {
  scene = await openScene({ sizesBytes: SIZES_BYTES })
})

after(() => scene[Symbol.asyncDispose]())

/** A new node, three corrupt holders that it has never met and an honest one; installs everything. Resolves to how many peers it banned. */
const installAll = async (index: number): Promise<number> => {
  await using node = await startNode({ home: await scene.newcomer(`node-${index}`) })
  const files = scene.packages.flatMap((one) => one.files)
  const archives = scene.packages.map(({ digest }) => digest)
  const lies = CORRUPT.map((lie, which) => ({ lie, about: which === 0 ? files.map(({ digest }) => digest) : archives }))
  await using process_ = await startHolders({ files, dial: node.addresses }, [{}, ...lies])
  const [, ...wrong] = process_.holders.slice(0, 3)
  await untilMet(node, process_.holders)
  for (const package_ of scene.packages) {
    const installed = await installRight(node.home, package_)
    // Of an answer that ends too early the whole pieces are right, and count; of one that begins wrong nothing does.
    for (const holder of wrong) assert.equal(bytesFrom(installed, holder), 0)
    assert.equal(process_.holders.reduce((sum, holder) => sum + bytesFrom(installed, holder), 0), package_.sizeBytes)
  }
  return node.events.filter(({ type }) => type === 'peer-banned').length
}

test(`${NODES * PACKAGES} installs with three of four holders corrupt: ${NODES * PACKAGES} right`, { timeout: TIMEOUT_MS }, async (t) => {
  const banned = await inTurns(Array.from({ length: NODES }, (_, index) => index), 2, installAll)
  t.diagnostic(`${banned.reduce((sum, count) => sum + count, 0)} corrupt holders were banned`)
  assert.ok(banned.every((count) => count > 0), 'the corrupt ones were asked')
})
