import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageSpec } from '#core'
import { memoryHub } from '#network'
import { openMarketplace, TestClock } from '#testing'

/** Row 21 of the threat table: a package names somebody else's famous repository as its own. */
const never = new AbortController().signal
const FAMOUS = 'https://github.com/facebook/react'

test('Nothing that a package says of a repository reaches who looks at it, and no reputation comes from elsewhere', async (context) => {
  const clock = new TestClock()
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const manifest = { name: 'reakt', version: '1.0.0', description: 'a library', repository: FAMOUS, homepage: FAMOUS, bugs: `${FAMOUS}/issues` }
  await node.publish({ 'package.json': JSON.stringify(manifest) }, 'squatter')
  const shown = [
    await node.marketplace.info(parsePackageSpec('reakt'), never),
    await node.marketplace.search({ words: ['reakt'], explain: true }, never),
    await node.marketplace.trusting.why(parsePackageSpec('reakt').name, never),
  ].map((reply) => JSON.stringify(reply))
  for (const text of shown) assert(!/facebook|github|stars|downloads/i.test(text), text)
  context.diagnostic(`${shown.length} of ${shown.length} views show nothing of the repository that was named`)
})
