import assert from 'node:assert/strict'
import test from 'node:test'
import type { OpId } from '#core'
import type { PlaceFacts } from './feed-facts.ts'
import { FeedLine } from './feed-line.ts'

interface Letter extends PlaceFacts { readonly copy?: number }

const op = (id: string, seq: number, prev?: string): Letter => ({ id: id as OpId, seq, ...(prev !== undefined && { prev: prev as OpId }) })
const same = (): number => 0
const idsOf = (ops: Iterable<Letter>): string => [...ops].map(({ id }) => id).join('')

/** Every order of some ops. */
const ordersOf = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2 ? [items] : items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))

/** The line and the fork of these ops, which are the same in every order. */
const walked = (ops: readonly Letter[], age: (letter: Letter) => number = same): string => {
  const results = new Set(ordersOf(ops).map((order) => {
    const feed = new FeedLine(age)
    for (const one of [...order, ...order]) feed.put(one)
    return `${idsOf(feed.line)}|${idsOf([...feed.fork.values()].sort((a, b) => (a.id < b.id ? -1 : 1)))}`
  }))
  assert.equal(results.size, 1, [...results].join(' or '))
  return [...results].join('')
}

test('a feed is followed from its first op as far as it is linear', () => {
  assert.equal(walked([op('c', 2, 'b'), op('a', 0), op('b', 1, 'a'), op('e', 4, 'd')]), 'abc|')
  assert.equal(walked([]), '|')
})

test('a wrong seq does not follow, nor what names another one before it', () => {
  assert.equal(walked([op('a', 0), op('b', 2, 'a')]), 'a|')
  assert.equal(walked([op('a', 1)]), '|')
  assert.equal(walked([op('a', 0), op('b', 1, 'x'), op('c', 2, 'b'), op('d', 0, 'a'), op('e', 2, 'a')]), 'a|')
})

test('two successors end the line, at the beginning too, and of two forks the earlier one', () => {
  assert.equal(walked([op('a', 0), op('b', 1, 'a'), op('c', 1, 'a'), op('d', 2, 'b')]), 'a|bc')
  assert.equal(walked([op('a', 0), op('b', 0)]), '|ab')
  assert.equal(walked([op('a', 0), op('b', 1, 'a'), op('c', 2, 'b'), op('d', 2, 'b'), op('e', 1, 'a'), op('f', 1, 'a')]), 'a|bef')
})

test('roles never go back', () => {
  const age = ({ id }: Letter): number => ({ a: 1, b: 0, c: 2, d: 1 })[id as string] ?? 0
  assert.equal(walked([op('a', 0), op('b', 1, 'a'), op('c', 1, 'a'), op('d', 2, 'c')], age), 'ac|')
})

test('says what an op changed', () => {
  const feed = new FeedLine<Letter>(same)
  const changed = (letter: Letter): string => {
    const { left, joined, unforked, forked } = feed.put(letter)
    return [left, joined, unforked, forked].map(idsOf).join('|')
  }
  assert.equal(changed(op('b', 1, 'a')), '|||')
  assert.equal(changed(op('a', 0)), '|ab||')
  assert.equal(changed(op('c', 2, 'b')), '|c||')
  assert.equal(changed(op('d', 2, 'b')), 'c|||cd')
  assert.equal(changed(op('e', 2, 'b')), '|||e')
  assert.equal(changed(op('f', 1, 'a')), 'b||cde|bf')
  assert.equal(changed(op('g', 2, 'f')), '|||', 'behind a fork is nothing')
})

test('an op takes the place of the same one with fewer signatures, wherever that stands', () => {
  const feed = new FeedLine<Letter>(same)
  for (const one of [op('a', 0), op('c', 2, 'b'), op('x', 2, 'b')]) feed.put(one)
  const copy = (letter: Letter): Letter => ({ ...letter, copy: 2 })
  const [first, later] = [copy(op('a', 0)), copy(op('c', 2, 'b'))]
  assert.deepEqual(feed.put(first), { left: [op('a', 0)], joined: [first], unforked: [], forked: [] })
  feed.put(later)
  feed.put(op('b', 1, 'a'))
  assert.deepEqual([feed.line, [...feed.fork.values()]], [[first, op('b', 1, 'a')], [later, op('x', 2, 'b')]])
  const again = copy(op('x', 2, 'b'))
  assert.deepEqual(feed.put(again), { left: [], joined: [], unforked: [op('x', 2, 'b')], forked: [again] })
})
