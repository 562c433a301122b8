import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, inTurns, startNode, temporaryFolder, until } from '#testing'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const PACKAGES = 5

/** One publisher on two machines that do not know of each other gives one version two contents. */
const publishOn = async (node: RealNode, content: string): Promise<void> => {
  for (let index = 0; index < PACKAGES; index += 1) {
    await node.publish({ 'pack.toml': `[pack]\nname = "twice-${index}"\nversion = "1.0.0"\n`, 'content.txt': content }, 'alice')
  }
}

test('two contents of one version are a dispute: whoever knows both installs neither, and says so', async (t) => {
  await using work = await temporaryFolder()
  await using here = await openRealNode()
  await using there = await openRealNode()
  await publishOn(here, 'what was reviewed')
  await publishOn(there, 'what steals')
  await using victim = await startNode({ home: join(work.path, 'victim'), bootstrap: [...here.addresses, ...there.addresses] })
  const known = async (): Promise<number> => (await ggen(victim.home, 'p2p', 'status', '--json')).json<{ releases: number }>().releases
  await until('it knows both claims to every version', async () => (await known()) === 2 * PACKAGES)
  const specs = Array.from({ length: PACKAGES }, (_, index) => [`twice-${index}`, `twice-${index}@1.0.0`]).flat()
  const refused = await inTurns(specs, 2, async (spec) => {
    const finished = await ggen(victim.home, 'install', spec, '--dir', join(work.path, 'project'), '--json')
    return `${finished.code} ${finished.json<{ error: { code: string } }>().error.code}`
  })
  assert.deepEqual([...new Set(refused)], ['7 disputed'])
  t.diagnostic(`${specs.length} installs of ${PACKAGES} versions with two contents: ${refused.length} refused as disputed, exit code 7`)
})
