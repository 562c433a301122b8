import assert from 'node:assert/strict'
import test from 'node:test'
import type { FeedOp, OpId } from '#core'
import { walkFeed } from './walk-feed.ts'

/** Only what the walk looks at. */
const op = (id: string, seq: number, prev?: string): FeedOp => ({ id, seq, ...(prev !== undefined && { prev }) }) as unknown as FeedOp
const same = (): number => 0
const idsOf = (ops: readonly FeedOp[]): string => ops.map(({ id }) => id).join('')

test('a feed is followed from its first op as far as it is linear', () => {
  const { line, fork } = walkFeed([op('c', 2, 'b'), op('a', 0), op('b', 1, 'a'), op('e', 4, 'd')], same, undefined)
  assert.deepEqual([idsOf(line), idsOf(fork)], ['abc', ''])
  assert.deepEqual(walkFeed([], same, undefined), { line: [], fork: [] })
})

test('a wrong seq does not follow', () => {
  assert.equal(idsOf(walkFeed([op('a', 0), op('b', 2, 'a')], same, undefined).line), 'a')
  assert.equal(idsOf(walkFeed([op('a', 1)], same, undefined).line), '')
})

test('two successors end the line, at the beginning too', () => {
  const { line, fork } = walkFeed([op('a', 0), op('b', 1, 'a'), op('c', 1, 'a'), op('d', 2, 'b')], same, undefined)
  assert.deepEqual([idsOf(line), idsOf(fork)], ['a', 'bc'])
  assert.deepEqual(idsOf(walkFeed([op('a', 0), op('b', 0)], same, undefined).fork), 'ab')
})

test('roles never go back', () => {
  const age = ({ id }: FeedOp): number => ({ a: 1, b: 0, c: 2 })[id as string] ?? 0
  assert.equal(idsOf(walkFeed([op('a', 0), op('b', 1, 'a'), op('c', 1, 'a')], age, undefined).line), 'ac')
})

test('with a confirmed head only the way to it counts', () => {
  const ops = [op('a', 0), op('b', 1, 'a'), op('x', 1, 'a'), op('c', 2, 'b'), op('d', 3, 'c')]
  assert.deepEqual(walkFeed(ops, same, 'c' as OpId), { line: [ops[0], ops[1], ops[3]], fork: [] })
  assert.deepEqual(walkFeed(ops, same, 'missing' as OpId), { line: [], fork: [] })
  assert.deepEqual(walkFeed(ops.slice(1), same, 'c' as OpId), { line: [], fork: [] }, 'the first op is missing')
})

test('a circle, which no hash can make, does not hang', () => {
  assert.deepEqual(walkFeed([op('a', 1, 'b'), op('b', 2, 'a')], same, 'a' as OpId), { line: [], fork: [] })
})
