import assert from 'node:assert/strict'
import test from 'node:test'
import type { OpId } from '#core'
import { ConfirmedLine } from './confirmed-line.ts'
import type { PlaceFacts } from './feed-facts.ts'

interface Letter extends PlaceFacts { readonly copy?: number }

const op = (id: string, seq: number, prev?: string): Letter => ({ id: id as OpId, seq, ...(prev !== undefined && { prev: prev as OpId }) })
const same = (): number => 0

const lineOf = (ops: readonly Letter[], head: string, age: (letter: Letter) => number = same): string => {
  const both = [ops, ops.toReversed()].map((order) => {
    const feed = new ConfirmedLine(head as OpId, age)
    for (const one of [...order, ...order]) feed.put(one)
    assert.equal(feed.fork.size, 0)
    return feed.line.map(({ id }) => id).join('')
  })
  assert.equal(both[0], both[1])
  return both.join('').slice(0, both[0]?.length)
}

const ops = [op('a', 0), op('b', 1, 'a'), op('x', 1, 'a'), op('c', 2, 'b'), op('d', 3, 'c')]

test('only the way to the confirmed head counts, when all of it is there', () => {
  assert.equal(lineOf(ops, 'c'), 'abc')
  assert.equal(lineOf(ops, 'missing'), '')
  assert.equal(lineOf(ops.slice(1), 'c'), '', 'the first op is missing')
  assert.equal(lineOf(ops.toSpliced(1, 1), 'c'), '', 'one between is missing')
})

test('it counts as far as seq and roles go on', () => {
  assert.equal(lineOf([op('a', 0), op('b', 2, 'a'), op('c', 3, 'b')], 'c'), 'a')
  assert.equal(lineOf(ops, 'd', ({ id }) => ({ a: 1, b: 1, c: 0 })[id as string] ?? 2), 'ab')
})

test('says what an op changed, and takes copies with more signatures', () => {
  const feed = new ConfirmedLine<Letter>('b' as OpId, same)
  const [a, b] = [op('a', 0), op('b', 1, 'a')]
  const [moreA, moreB] = [{ ...a, copy: 2 }, { ...b, copy: 2 }]
  const nothing = { left: [], joined: [], unforked: [], forked: [] }
  assert.deepEqual([feed.put(b), feed.put(moreB), feed.put(op('c', 2, 'b'))], [nothing, nothing, nothing])
  assert.deepEqual(feed.put(a), { ...nothing, joined: [a, moreB] })
  assert.deepEqual(feed.put(moreA), { ...nothing, left: [a], joined: [moreA] })
  assert.deepEqual([feed.put(op('c', 2, 'b')), feed.line], [nothing, [moreA, moreB]])
})

test('a circle, which no hash can make, does not hang', () => {
  assert.equal(lineOf([op('a', 1, 'b'), op('b', 2, 'a')], 'a'), '')
})
