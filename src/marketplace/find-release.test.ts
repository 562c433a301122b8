import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GgenError, type PackageSpec, parsePackageSpec } from '#core'
import { Admissions, createViews } from '#flow/verify'
import { memoryHub } from '#network'
import { openMarketplace, Publisher, smallPackage, TestClock, type TestMarketplace } from '#testing'
import { findRelease, type LookupParts } from './find-release.ts'

const never = new AbortController().signal

const lookupIn = (node: TestMarketplace, asked: string[]): LookupParts => ({
  views: createViews(node.catalogue),
  inquiry: {
    ask: async ({ name, isEnough }) => {
      if (!(await isEnough())) asked.push(name)
    },
  },
})

describe('finding the release that a spec means', () => {
  test('asks others once, and says what is enough: what is known here, and what more records cannot cure', async () => {
    const clock = new TestClock()
    await using a = await openMarketplace({ hub: memoryHub({ clock }), clock })
    const receipt = await a.publish(smallPackage('tool'))
    const asked: string[] = []
    const wish = (text: string) => ({ spec: parsePackageSpec(text), choice: { publisher: ({ name }: PackageSpec) => a.catalogue.claimants(name)[0] } })
    const parts = lookupIn(a, asked)
    const { view, chosen } = await findRelease(parts, wish('tool@^1'), never)
    assert.deepEqual([view.name, chosen.release.id], ['tool', receipt.op])
    await assert.rejects(findRelease(parts, wish('other'), never), { code: 'package-not-found' })
    await assert.rejects(findRelease(parts, wish('tool@^2'), never), { code: 'version-not-found' })
    const refused = { spec: parsePackageSpec('blocked'), choice: { publisher: () => assert.fail(new GgenError('denied', 'no')) } }
    await assert.rejects(findRelease(parts, refused, never), { code: 'denied' })
    assert.deepEqual(asked, ['other', 'tool'])
  })

  test('says of a package whose publisher contradicts himself from the first record on that it is disputed, not that nobody knows it', async () => {
    const clock = new TestClock()
    await using a = await openMarketplace({ hub: memoryHub({ clock }), clock })
    const [one, other] = [new Publisher('two-machines'), new Publisher('two-machines')]
    const admissions = new Admissions(a.catalogue, clock)
    for (const bytes of [one.genesis, one.release('tool', '1.0.0').bytes, other.release('tool', '1.1.0').bytes]) admissions.admit(bytes)
    const wish = (text: string) => ({ spec: parsePackageSpec(text), choice: { publisher: () => one.identity } })
    for (const asked of ['tool', 'tool@1.0.0']) await assert.rejects(findRelease(lookupIn(a, []), wish(asked), never), { code: 'disputed' })
  })
})
