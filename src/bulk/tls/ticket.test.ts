import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '#core'
import { TicketBooth } from './ticket.ts'
import { knownPeer } from '#testing'

const ALICE = knownPeer('alice').id
const BOB = knownPeer('bob').id
const booth = new TicketBooth(Buffer.alloc(32, 1))

describe('tickets', () => {
  test('are good for one peer, until their moment, where they were made', () => {
    const ticket = booth.issue(ALICE, 5000.7)
    assert.ok(booth.accepts(ticket, ALICE, 5000))
    assert.ok(!booth.accepts(ticket, ALICE, 5001))
    assert.ok(!booth.accepts(ticket, BOB, 1))
    assert.ok(!new TicketBooth(Buffer.alloc(32, 2)).accepts(ticket, ALICE, 1))
    assert.ok(ticket.length <= LIMITS.bulkTicketBytes)
  })

  test('cannot be changed, lengthened or made up', () => {
    const ticket = booth.issue(ALICE, 5000)
    for (let at = 0; at < ticket.length; at++) {
      const broken = Uint8Array.from(ticket)
      broken[at] = (broken[at] ?? 0) ^ 1
      assert.ok(!booth.accepts(broken, ALICE, 0), `byte ${at}`)
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => assert.ok(!booth.accepts(bytes, ALICE, 0))))
    assert.ok(!booth.accepts(Buffer.concat([ticket, Buffer.from([0])]), ALICE, 0))
  })
})
