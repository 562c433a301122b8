import assert from 'node:assert/strict'
import { test } from 'node:test'
import { honest, rawNode } from './raw-node.conformance.ts'
import { stopNode } from './stop-node.ts'

/** Some timers of the library are over in a millisecond; those that matter last a second. */
const SOON_MS = 500

/** How many keep this process from ending, as soon as there are none and soon in any case; no timer waits for it. */
const timersSoon = async (): Promise<number> => {
  for (const began = performance.now(); ;) {
    await new Promise((resolve) => setImmediate(resolve))
    const timers = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
    if (timers === 0 || performance.now() - began > SOON_MS) return timers
  }
}

test('a node that has stopped keeps no process from ending', async () => {
  {
    await using other = await honest()
    await using one = await honest()
    const [address] = other.addresses()
    assert(address !== undefined)
    await one.dial(address, AbortSignal.timeout(20_000))
  }
  assert.equal(await timersSoon(), 0)
})

test('a node stops twice', async () => {
  await using raw = await rawNode()
  await stopNode(raw.node)
})
