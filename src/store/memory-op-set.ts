import assert from 'node:assert/strict'
import { type Op, opIdHash } from '#core'
import { sumOf } from './hash-sum.ts'
import { assertTime, boundBetween, compareBounds, type OpBound, type OpRange, type OpSet, type OpStretch, type SetSummary } from './op-set.ts'

/** An ordered set of ops in a sorted list: for tests, simulations and nodes that live briefly. */
export class MemoryOpSet implements OpSet {
  readonly #members: OpBound[] = []

  /** Puts a new op in its place. */
  add({ at, id }: Pick<Op, 'at' | 'id'>): void {
    assertTime(at)
    const member = { at, hash: opIdHash(id) }
    this.#members.splice(this.#firstFrom(member), 0, member)
  }

  remove({ at, id }: Pick<Op, 'at' | 'id'>): void {
    const member = { at, hash: opIdHash(id) }
    const place = this.#firstFrom(member)
    const found = this.#members[place]
    assert(found !== undefined && compareBounds(found, member) === 0, 'only what is in the set is taken out')
    this.#members.splice(place, 1)
  }

  measure(range: OpRange): SetSummary {
    const inside = this.#inside(range)
    return { count: inside.length, sum: sumOf(inside.map(({ hash }) => hash)) }
  }

  divide(range: OpRange, parts: number): OpStretch[] {
    const inside = this.#inside(range)
    const each = Math.ceil(inside.length / parts)
    const stretches: OpStretch[] = []
    for (let start = 0; start < inside.length; start += each) {
      const [before, first] = [inside[start - 1], inside[start]]
      assert(first)
      const hashes = inside.slice(start, start + each).map(({ hash }) => hash)
      stretches.push({ from: before === undefined ? range.from : boundBetween(before, first), count: hashes.length, sum: sumOf(hashes) })
    }
    return stretches
  }

  placesIn(range: OpRange, limit: number): OpBound[] {
    return this.#inside(range).slice(0, limit).map(({ at, hash }) => ({ at, hash: hash.slice() }))
  }

  #inside({ from, to }: OpRange): readonly OpBound[] {
    return this.#members.slice(this.#firstFrom(from), this.#firstFrom(to))
  }

  /** Where the first op at or behind a place stands. */
  #firstFrom(bound: OpBound): number {
    let low = 0
    let high = this.#members.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const member = this.#members[middle]
      assert(member)
      if (compareBounds(member, bound) >= 0) high = middle
      else low = middle + 1
    }
    return low
  }
}
