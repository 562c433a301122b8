import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Places } from './places.ts'

class Guest {
  readonly host: string
  readonly peer: string
  isBusy: boolean
  hasLeft = false

  constructor(host: string, peer: string, isBusy = false) {
    this.host = host
    this.peer = peer
    this.isBusy = isBusy
  }

  leave(): void {
    this.hasLeft = true
  }
}

const rules = (perHost: number, all: number): Places<Guest> => new Places([{ most: perHost, keyOf: ({ host }) => host }, { most: all, keyOf: () => '' }])

describe('places', () => {
  test('go to the newest, and the one who was idle longest leaves', () => {
    const places = rules(2, 10)
    const [first, second, third] = [new Guest('a', '1'), new Guest('a', '2'), new Guest('a', '3')]
    for (const guest of [first, second]) assert.ok(places.enter(guest))
    places.served(first)
    assert.ok(places.enter(third))
    assert.deepEqual([first.hasLeft, second.hasLeft, third.hasLeft], [false, true, false])
    assert.ok(places.enter(new Guest('b', '4')), 'another host has its own places')
  })

  test('stay with the busy ones: when all are, there is none', () => {
    const places = rules(2, 10)
    const busy = [new Guest('a', '1', true), new Guest('a', '2', true)]
    for (const guest of busy) assert.ok(places.enter(guest))
    assert.ok(!places.enter(new Guest('a', '3')))
    assert.deepEqual(busy.map(({ hasLeft }) => hasLeft), [false, false])
    for (const guest of busy.splice(0, 1)) places.left(guest)
    assert.ok(places.enter(new Guest('a', '3')))
  })

  test('are never more than each bound allows, whatever comes and goes', () => {
    const steps = fc.array(fc.record({ host: fc.constantFrom('a', 'b', 'c'), busy: fc.boolean(), leaves: fc.nat(5) }), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (moves) => {
        const places = rules(3, 6)
        const inside = new Set<Guest>()
        for (const { host, busy, leaves } of moves) {
          const guest = new Guest(host, '', busy)
          if (places.enter(guest)) inside.add(guest)
          for (const other of inside) if (other.hasLeft) inside.delete(other)
          const leaver = [...inside][leaves]
          if (leaver !== undefined && leaves > 2) {
            places.left(leaver)
            inside.delete(leaver)
          }
          assert.equal(places.size, inside.size)
          assert.ok(inside.size <= 6)
          for (const name of ['a', 'b', 'c']) assert.ok([...inside].filter((other) => other.host === name).length <= 3)
        }
      }),
    )
  })
})
