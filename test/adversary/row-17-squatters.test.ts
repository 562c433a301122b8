import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, parsePackageSpec } from '#core'
import { Admissions } from '#flow/verify'
import { memoryHub } from '#network'
import { openOp } from '#trust'
import { openMarketplace, Publisher, TestClock } from '#testing'

/** Row 17 of the threat table: a thousand identities claim one plain name. */
const never = new AbortController().signal
const CLAIMS = 1000

test('A name with a thousand claims is refused without an identity, lists a few, and searches as fast as others', async (context) => {
  const clock = new TestClock()
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const squatters = Array.from({ length: CLAIMS }, (_, index) => new Publisher(`squatter ${index}`))
  const admissions = new Admissions(node.catalogue, clock)
  for (const squatter of squatters) for (const op of [openOp(squatter.genesis), squatter.release('http', '1.0.0')]) admissions.admit(op.bytes)
  const other = new Publisher('other')
  for (const op of [openOp(other.genesis), other.release('calm', '1.0.0')]) admissions.admit(op.bytes)

  const error = await node.marketplace.fetch({ spec: parsePackageSpec('http') }, never).catch((reason: unknown) => reason)
  assert(error instanceof GgenError && error.code === 'name-contested')
  const listed = error.details['identities'] as readonly string[]
  assert.equal(listed.length, 20)
  assert.match(error.message, new RegExp(`claimed by ${CLAIMS} publishers.*, ${CLAIMS - 20} more$`))
  assert.equal((await node.marketplace.trusting.why(parsePackageSpec('http').name, never)).claims.length, 20)

  const chosen = squatters[500] ?? other
  const info = await node.marketplace.info(parsePackageSpec(`@${chosen.identity}/http`), never)
  assert.equal(info.identity, chosen.identity)
  await node.marketplace.trusting.add(info.name, chosen.identity)
  assert.equal((await node.marketplace.info(parsePackageSpec('http'), never)).identity, chosen.identity)

  const timeOf = async (words: readonly string[]): Promise<number> => {
    const times: number[] = []
    for (let round = 0; round < 20; round += 1) {
      const began = performance.now()
      await node.marketplace.search({ words }, never)
      times.push(performance.now() - began)
    }
    return times.sort((a, b) => a - b)[10] ?? 0
  }
  const [squatted, calm] = [await timeOf(['http']), await timeOf(['calm'])]
  context.diagnostic(`${CLAIMS} claims: 20 listed; a search took ${squatted.toFixed(1)} ms beside ${calm.toFixed(1)} ms for a name that one has`)
})
