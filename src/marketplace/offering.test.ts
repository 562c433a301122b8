import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName, parseVersion } from '#core'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, TestClock } from '#testing'
import { Offering } from './offering.ts'

const never = new AbortController().signal
const name = parsePackageName('@acme/thing')

test('What may be installed is offered, newest first, each with its word; and what is taken is remembered', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using author = await openMarketplace({ hub, clock })
  const { identity } = await author.publish(smallPackage('@acme/thing', '1.0.0'), 'ada')
  clock.advance(5000)
  await author.publish(smallPackage('@acme/thing', '1.1.0'), 'ada')
  const { offering } = author.marketplace
  assert.ok(offering instanceof Offering)
  const { releases, ...about } = await offering.of(name, never)
  assert.deepEqual(about, { name, identity, tags: new Map() })
  assert.deepEqual(releases.map(({ release }) => release.body.version), ['1.1.0', '1.0.0'])
  assert.deepEqual(releases.map(({ since, release }) => since - release.at * 1000), [0, 0])
  const taken = await offering.take(name, parseVersion('1.0.0'), never)
  assert.equal(taken.digest, releases[1]?.release.body.artifact.digest)
  await assert.rejects(offering.take(name, parseVersion('9.0.0'), never), { code: 'version-not-found' })
  await assert.rejects(offering.of(parsePackageName('@acme/other'), never), { code: 'package-not-found' })
})
