import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asTheyCome } from './as-they-come.ts'

async function* of<Thing>(...things: readonly Thing[]): AsyncGenerator<Thing> {
  yield* things
}

test('Results come in the order in which they are there, failures are left out', async () => {
  const slow = Promise.withResolvers<string>()
  const seen: string[] = []
  const each = async (name: string): Promise<string> => {
    if (name === 'fails') throw new Error('on purpose')
    return name === 'slow' ? slow.promise : name
  }
  for await (const result of asTheyCome(of('slow', 'fails', 'quick'), { each, atOnce: 9 })) {
    seen.push(result)
    slow.resolve('slow')
  }
  assert.deepEqual(seen, ['quick', 'slow'])
})

test('No more is under way at once than was said, and everything is done', async () => {
  let running = 0
  let most = 0
  const each = async (index: number): Promise<number> => {
    most = Math.max(most, (running += 1))
    for (let turn = 0; turn < index % 5; turn += 1) await new Promise(setImmediate)
    running -= 1
    return index
  }
  const results = await Array.fromAsync(asTheyCome(of(...Array.from({ length: 50 }, (_, index) => index)), { each, atOnce: 4 }))
  assert.deepEqual([results.length, new Set(results).size, most], [50, 50, 4])
})

test('What the source throws is thrown when the work is over', async () => {
  const broken = async function* (): AsyncGenerator<number> {
    yield 1
    throw new Error('no more')
  }
  const seen: number[] = []
  await assert.rejects(async () => {
    for await (const result of asTheyCome(broken(), { each: async (thing) => thing, atOnce: 2 })) seen.push(result)
  }, /no more/)
  assert.deepEqual(seen, [1])
})
