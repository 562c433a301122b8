import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PackageSpec, parsePackageSpec } from '#core'
import { createViews } from '#flow/verify'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, type TestMarketplace, TestClock } from '#testing'
import { findRelease, type LookupParts } from './find-release.ts'

const never = new AbortController().signal

const lookupIn = (node: TestMarketplace, asked: string[]): LookupParts => ({
  views: createViews(node.catalogue),
  inquiry: {
    get hasOthers() {
      return node.network.peers().length > 0
    },
    ahead: async () => undefined,
    others: async ({ name, isEnough }) => {
      assert.equal(isEnough(), false)
      asked.push(name)
    },
  },
})

describe('finding the release that a spec means', () => {
  test('asks nobody for what is known here, and peers once for what is not', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    await using a = await openMarketplace({ hub, clock })
    await using b = await openMarketplace({ hub, clock })
    const receipt = await a.publish(smallPackage('tool'))
    const asked: string[] = []
    const wish = (text: string) => ({ spec: parsePackageSpec(text), choice: { publisher: ({ name }: PackageSpec) => a.catalogue.claimants(name)[0] } })
    const parts = lookupIn(a, asked)
    const { view, chosen } = await findRelease(parts, wish('tool@^1'), never)
    assert.deepEqual([view.name, chosen.release.id], ['tool', receipt.op])
    await assert.rejects(findRelease(parts, wish('other'), never), { code: 'package-not-found' })
    assert.deepEqual(asked, [], 'alone, there is nobody to ask')
    hub.link(a.network.self, b.network.self)
    await assert.rejects(findRelease(parts, wish('other'), never), { code: 'package-not-found' })
    await assert.rejects(findRelease(parts, wish('tool@^2'), never), { code: 'version-not-found' })
    assert.deepEqual(asked, ['other', 'tool'])
  })
})
