import assert from 'node:assert/strict'
import { it } from 'node:test'
import { memoryFolder } from '#archive'
import { parsePackageName, parsePackageSpec } from '#core'
import { createViews } from '#flow/verify'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, TestClock, until } from '#testing'
import { withMirrors } from './with-mirrors.ts'

const never = new AbortController().signal
const name = parsePackageName('tool')
const mirror = { of: 'https://packs.example/market/' }

it('says of what a release is a copy, on every node that knows it', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using a = await openMarketplace({ hub, clock })
  await using b = await openMarketplace({ hub, clock })
  hub.link(a.network.self, b.network.self)
  await a.publishFrom({ kind: 'folder', tree: memoryFolder(smallPackage('tool', '1.0.0')) }, 'eve')
  await a.publishFrom({ kind: 'folder', tree: memoryFolder(smallPackage('tool', '1.1.0')) }, 'eve', { mirror })
  await until('b knows both', async () => b.catalogue.counts().releases === 2)
  for (const { marketplace, catalogue } of [a, b]) {
    assert.deepEqual((await marketplace.info(parsePackageSpec('tool@1.1.0'), never)).mirror, mirror)
    assert.equal((await marketplace.info(parsePackageSpec('tool@1.0.0'), never)).mirror, undefined)
    const report = await marketplace.trusting.why(name, never)
    assert.deepEqual(report.claims.map((claim) => claim.mirror), [mirror])
    assert.deepEqual(withMirrors(report, createViews(catalogue)), report)
  }
})

it('leaves a report alone where nobody mirrors', async () => {
  const clock = new TestClock()
  await using a = await openMarketplace({ hub: memoryHub({ clock }), clock })
  await a.publish(smallPackage('tool', '1.0.0'), 'ada')
  assert.equal('mirror' in ((await a.marketplace.trusting.why(name, never)).claims[0] ?? {}), false)
})
