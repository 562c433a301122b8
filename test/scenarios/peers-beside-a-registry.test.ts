import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { controlClient } from '#doors/control'
import { startNode, startRegistry } from '#testing'
import { startHolders } from '../faults/holder.ts'
import { bytesFrom, openScene, untilMet } from '../faults/scene.ts'
import { never } from './cluster.ts'

const SIZE_BYTES = 3_000_000
/** So that all three have something to give before it is over. */
const HONEST = { lie: { kind: 'slow', bytesPerSecond: 1_000_000 } } as const
const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

test('several-peers: three peers share what the registry beside them does not have, and go on when it is gone', async () => {
  await using scene = await openScene({ sizesBytes: [SIZE_BYTES, SIZE_BYTES] })
  await using registry = await startRegistry(join(scene.folder, 'registry'))
  await using node = await startNode({ home: await scene.newcomer('asker'), env: { ...TRUSTING, GGEN_REGISTRY_URL: registry.url } })
  const files = scene.packages.flatMap((one) => one.files)
  // Each lies about all of them, in that it is slow.
  const slow = { ...HONEST, about: files.map(({ digest }) => digest) }
  await using sharing = await startHolders({ files, dial: node.addresses }, [slow, slow, slow])
  await untilMet(node, sharing.holders)

  const client = controlClient(join(node.home, 'ggen.sock'))
  for (const [index, { name, sizeBytes }] of scene.packages.entries()) {
    if (index === 1) await registry.kill()
    const fetched = await client.fetch({ spec: name }, never)
    const given = sharing.holders.map((holder) => bytesFrom(fetched, holder))
    assert.equal(given.reduce((sum, bytes) => sum + bytes, 0), sizeBytes, 'nothing of it came from elsewhere')
    assert.ok(given.every((bytes) => bytes > 0), `${name}: ${given.join()}`)
  }
})
