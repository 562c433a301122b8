import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type IdentityId, LIMITS, parsePackageName, parseVersion } from '#core'
import { SeedQueue, type Wish } from './seed-queue.ts'

const wish = (n: number, mayEvict = false): Wish =>
  ({ identity: `bafyrei${'a'.repeat(52)}` as IdentityId, name: parsePackageName(`p${n}`), version: parseVersion('1.0.0'), mayEvict })

interface Work {
  readonly begun: Wish[]
  readonly ends: (() => void)[]
  readonly queue: SeedQueue
}

const busy = (): Work => {
  const begun: Wish[] = []
  const ends: (() => void)[] = []
  const queue = new SeedQueue((one, signal) => {
    begun.push(one)
    const { promise, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve(), { once: true })
    ends.push(resolve)
    return promise
  })
  return { begun, ends, queue }
}

describe('the seed queue', () => {
  it('works a few wishes at a time, the oldest first, each once', async () => {
    const { begun, ends, queue } = busy()
    for (let n = 0; n < 5; n++) assert.ok(queue.add(wish(n)))
    assert.ok(queue.add(wish(0)))
    assert.ok(queue.add(wish(4, true)))
    assert.equal(begun.length, LIMITS.seedPulls)
    for (let n = 0; n < 5; n++) {
      while (ends[n] === undefined) await Promise.resolve()
      ends[n]?.()
    }
    await queue.settle()
    assert.deepEqual(begun, [wish(0), wish(1), wish(2), wish(3), wish(4, true)])
    await queue[Symbol.asyncDispose]()
  })

  it('refuses when enough are waiting, and says so', async () => {
    const { queue } = busy()
    for (let n = 0; n < LIMITS.seedQueue + LIMITS.seedPulls; n++) assert.ok(queue.add(wish(n)))
    assert.equal(queue.add(wish(-1 + 10_000)), false)
    assert.ok(queue.add(wish(5)))
    await queue[Symbol.asyncDispose]()
  })

  it('settles when those that were there are done, though others keep coming', async () => {
    const begun: Wish[] = []
    const queue = new SeedQueue(async (one) => {
      begun.push(one)
      await Promise.resolve()
      if (begun.length < 1000) queue.add(wish(begun.length + 100))
    })
    for (let n = 0; n < 5; n++) queue.add(wish(n))
    await queue.settle()
    assert.deepEqual(begun.slice(0, 5), [0, 1, 2, 3, 4].map((n) => wish(n)))
    assert.ok(begun.length < 20, `${begun.length} were waited for`)
    await queue[Symbol.asyncDispose]()
  })

  it('settles when it is disposed', async () => {
    const { queue } = busy()
    for (let n = 0; n < 5; n++) queue.add(wish(n))
    const settled = queue.settle()
    await queue[Symbol.asyncDispose]()
    await settled
  })

  it('ends what runs and takes nothing more when it is disposed', async () => {
    const { begun, queue } = busy()
    for (let n = 0; n < 5; n++) queue.add(wish(n))
    await queue[Symbol.asyncDispose]()
    assert.equal(begun.length, LIMITS.seedPulls)
    assert.equal(queue.add(wish(9)), false)
  })
})
