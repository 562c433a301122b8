import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName, parsePackageSpec } from '#core'
import { pickRelease } from '#flow/resolve'
import { createViews } from '#flow/verify'
import { memoryHub } from '#network'
import { memoryReceiptStore } from '#store'
import { openMarketplace, smallPackage, TestClock } from '#testing'
import { Inspection } from './inspection.ts'
import { PEERS_ALONE } from './registries.ts'
import { Vouching } from './vouching.ts'

const never = new AbortController().signal
/** Nobody but publishers. */
const whom = { vouching: new Vouching({ registries: PEERS_ALONE, hasPeers: () => false, isBound: () => false }) }

test('Looking at a package says what is known of it, what is said against it, and where it came from', async () => {
  const clock = new TestClock()
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const { identity } = await node.publish(smallPackage('tool'), 'ada')
  const view = createViews(node.catalogue).package(identity, parsePackageName('tool')) ?? assert.fail()
  const glanced: string[] = []
  const inspection = new Inspection({
    gate: { look: async ({ range }) => ({ view, chosen: pickRelease(view, range) }) },
    exchange: { glance: async (digest) => void glanced.push(digest), holderCount: async () => 3 },
    words: { wordsOn: () => ({ endorsedBy: [], block: { by: 'you', why: 'no' } }), adviceOn: () => [] },
    receipts: memoryReceiptStore(),
    trust: node.trust,
  })
  const info = await inspection.info(parsePackageSpec('tool'), never, whom)
  assert.deepEqual([info.name, info.version, info.holders, info.blocked, info.advice], ['tool', '1.0.0', 3, { by: 'you', why: 'no' }, undefined])
  const { origin, ...about } = await inspection.sources(parsePackageSpec('tool@^1'), never, whom)
  assert.deepEqual([origin, about.digest, glanced], ['published', info.digest, [info.digest, info.digest]])
  await assert.rejects(inspection.info(parsePackageSpec('tool@2'), never, whom), { code: 'version-not-found' })
})
