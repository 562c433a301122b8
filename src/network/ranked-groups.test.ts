import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RankedGroups } from './ranked-groups.ts'

test('The largest group and what came into it first are known after any run of additions and deletions', () => {
  const step = fc.record({ add: fc.boolean(), group: fc.constantFrom('a', 'b', 'c', 'd'), thing: fc.nat(12) })
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const ranked = new RankedGroups<string>()
    const plain = new Map<string, string[]>()
    for (const { add, group, thing } of steps) {
      const member = `${group}${thing}`
      const members = plain.get(group) ?? []
      if (add) ranked.add(group, member)
      else ranked.delete(group, member)
      if (add && !members.includes(member)) plain.set(group, [...members, member])
      if (!add) plain.set(group, members.filter((other) => other !== member))
      const size = Math.max(0, ...[...plain.values()].map((each) => each.length))
      const largest = ranked.largest()
      assert.equal(largest?.size ?? 0, size)
      if (largest !== undefined) assert([...plain.values()].some((each) => each.length === size && each[0] === largest.oldest))
      assert.equal(ranked.sizeOf(group), plain.get(group)?.length ?? 0)
    }
  }))
})
