import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { PackageName, Version } from '#core'
import { ABSENT, candidateBit, everyChoice, isNeeded, isWithin, NONE, preferred } from './choices.ts'
import { type Clause, type Fact, factClause, factsOf, resolvent } from './clause.ts'
import { Deduction } from './deduction.ts'
import { NeededPackages } from './needed-packages.ts'
import { Trail } from './trail.ts'
import { canDoWithout, Variable } from './universe.ts'

const variable = (name: string, order: number, ...versions: string[]): Variable =>
  new Variable(name as PackageName, order, { candidates: versions.map((version) => ({ version: version as Version, isLeaf: true })) })

const fact = (name: string): Fact => ({ kind: 'wish', wish: { name: name as PackageName, optional: false } })

const clause = (why: string, ...sets: (readonly [Variable, bigint])[]): Clause => {
  const made = factClause(sets, fact(why))
  assert(made !== undefined)
  return made
}

describe('choices', () => {
  it('prefer the first candidate, and never to do without', () => {
    assert.deepEqual([preferred(NONE), preferred(ABSENT), preferred(everyChoice(3)), preferred(ABSENT | candidateBit(2))], [undefined, undefined, 0, 2])
    assert.equal(preferred(candidateBit(1500)), 1500)
  })

  it('are needed where doing without is not open', () => {
    assert.deepEqual([isNeeded(everyChoice(1)), isNeeded(candidateBit(0))], [false, true])
    assert.deepEqual([isWithin(candidateBit(0), everyChoice(1)), isWithin(ABSENT, candidateBit(0))], [true, false])
  })
})

describe('a variable', () => {
  it('knows which candidates are in a range, and which do not suit', () => {
    const base = variable('base', 0, '2.0.0', '1.1.0', '1.0.0')
    assert.equal(base.suiting('^1'), candidateBit(1) | candidateBit(2))
    assert.equal(base.suiting(undefined), base.every & ~ABSENT)
    assert.equal(base.unsuited('^1', false), candidateBit(0) | ABSENT)
    assert.equal(base.unsuited('^1', true), candidateBit(0))
    assert.deepEqual((['needed', 'peer', 'optional', 'optional-peer'] as const).map((kind) => canDoWithout({ kind })), [false, false, true, true])
  })
})

describe('clauses', () => {
  const [a, b] = [variable('a', 0, '1.0.0', '2.0.0'), variable('b', 1, '1.0.0')]

  it('say nothing where a set is empty, and leave out what is always so', () => {
    assert.equal(factClause([[a, candidateBit(0)], [a, candidateBit(1)]], fact('x')), undefined)
    assert.deepEqual([...clause('x', [a, candidateBit(0)], [b, b.every]).terms], [[a, candidateBit(0)]])
  })

  it('together exclude all that follows from both, for every choice', () => {
    const sets = fc.record({ a: fc.bigInt(1n, a.every - 1n), b: fc.bigInt(1n, b.every - 1n) })
    fc.assert(fc.property(sets, sets, (one, other) => {
      const [first, second] = [clause('1', [a, one.a], [b, one.b]), clause('2', [a, other.a], [b, other.b])]
      const derived = resolvent(first, second, a)
      const breaks = ({ terms }: Clause, x: bigint, y: bigint): boolean => isWithin(x, terms.get(a) ?? a.every) && isWithin(y, terms.get(b) ?? b.every)
      for (const x of [1n, 2n, 4n]) {
        for (const y of [1n, 2n]) if (breaks(derived, x, y)) assert(breaks(first, x, y) || breaks(second, x, y), 'it excludes too much')
      }
      assert.deepEqual(factsOf([derived, first]).length, 2)
    }))
  })
})

describe('a trail', () => {
  const [a, b, c] = [variable('a', 0, '1.0.0'), variable('b', 1, '1.0.0'), variable('c', 2, '1.0.0')]

  it('goes back to where a broken clause can be kept, and says what was chosen since', () => {
    const trail = new Trail()
    trail.choose(a, 0, candidateBit(0))
    trail.choose(b, 0, candidateBit(0))
    trail.choose(c, 0, candidateBit(0))
    const broken = clause('x', [a, candidateBit(0)], [c, candidateBit(0)])
    const lesson = trail.learn(broken)
    assert.deepEqual(lesson, { isUsable: true, level: 1 })
    assert.deepEqual(trail.backTo(1), [c, b])
    assert.deepEqual([[...trail.chosen], trail.open(b), trail.open(a)], [[[a, 0]], b.every, candidateBit(0)])
  })

  it('asks from what the last thing followed', () => {
    const trail = new Trail()
    trail.choose(a, 0, candidateBit(0))
    const because = clause('y', [a, candidateBit(0)], [b, ABSENT])
    trail.exclude(b, ABSENT, because)
    assert.deepEqual(trail.reasons(b), [because])
    assert.deepEqual(trail.learn(clause('x', [a, candidateBit(0)], [b, candidateBit(0)])), { isUsable: false, about: b, because })
  })
})

describe('needed packages', () => {
  it('come in the order in which they came into question, and those that are often in the way before', () => {
    const all = Array.from({ length: 20 }, (_, order) => variable(`p${order}`, order, '1.0.0'))
    fc.assert(fc.property(fc.shuffledSubarray(all, { minLength: 20, maxLength: 20 }), (shuffled) => {
      const needed = new NeededPackages()
      for (const one of shuffled) needed.add(one)
      const open = new Set(all)
      const order: number[] = []
      for (let next = needed.first((one) => open.has(one)); next !== undefined; next = needed.first((one) => open.has(one))) {
        order.push(next.order)
        open.delete(next)
      }
      assert.deepEqual(order, all.map((one) => one.order))
    }))
    const needed = new NeededPackages()
    for (const one of all) needed.add(one)
    for (let count = 0; count < 8; count += 1) needed.noteConflict(all[13] as Variable)
    assert.equal(needed.first(() => true)?.order, 13)
    assert.equal(needed.soon(3).length, 3)
  })
})

describe('a deduction', () => {
  it('draws conclusions, and chooses nothing that cannot be', () => {
    let steps = 0
    const [a, b] = [variable('a', 0, '2.0.0', '1.0.0'), variable('b', 1, '1.0.0')]
    const deduction = new Deduction((count) => { steps += count })
    deduction.add(clause('a is wanted', [a, ABSENT]))
    assert.equal(deduction.conclude(() => false), 'pause')
    assert.equal(deduction.conclude(() => true), undefined)
    assert.equal(deduction.nextNeeded(), a)
    const wants = clause('a 2 wants b', [a, candidateBit(0)], [b, ABSENT])
    deduction.add(wants)
    deduction.add(clause('there is no b', [b, candidateBit(0)]))
    assert.equal(deduction.conclude(() => true), undefined)
    assert.equal(deduction.choose(a, 0, [wants]), false)
    assert.equal(deduction.conclude(() => true), undefined)
    assert.equal(deduction.open(a), candidateBit(1))
    assert.equal(deduction.choose(a, 1, []), true)
    assert.deepEqual([[...deduction.chosen], deduction.nextNeeded(), deduction.neededSoon(1)], [[[a, 1]], undefined, []])
    deduction.add(clause('a 1 cannot be', [a, candidateBit(1)]))
    const failed = deduction.conclude(() => true)
    assert(failed !== undefined && failed !== 'pause' && failed.terms.size === 0)
    const because = factsOf([failed]).map((one) => (one.kind === 'wish' ? one.wish.name : ''))
    assert.deepEqual(because.sort(), ['a 1 cannot be', 'a 2 wants b', 'a is wanted', 'there is no b'])
    assert(steps > 0)
  })
})
