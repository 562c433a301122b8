import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { type AllowedPeer, type Ban, isGgenError, LIMITS, parseBanSubject, parsePeerId } from '#core'
import type { TrustStore } from './trust-store.ts'

const EVE = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const BOB = parsePeerId('12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE')

const ban = (subject: string, change: Partial<Ban> = {}): Ban =>
  ({ subject: parseBanSubject(subject), reason: 'wrong bytes', by: 'node', since: 1_700_000_000_123, forMs: 3_600_000, count: 1, ...change })

const { forMs: _forMs, ...endless } = ban('9.9.9.0/24', { by: 'user', count: 0 })

/** What every trust store does with bans and allowed peers. */
export const accessRecordsConformance = (name: string, open: (context: TestContext) => TrustStore): void => {
  suite(`${name} remembers peers`, () => {
    test('bans stay until they are removed, each in its last form, the newest last', (context) => {
      using store = open(context)
      const { access } = store
      assert.deepEqual(access.bans(), [])
      for (const one of [ban(EVE), endless, ban(EVE, { count: 2, reason: 'again' })]) access.putBan(one)
      assert.deepEqual(access.bans(), [endless, ban(EVE, { count: 2, reason: 'again' })])
      access.removeBan(endless.subject)
      access.removeBan(endless.subject)
      assert.deepEqual(access.bans().map(({ subject }) => subject), [EVE])
    })

    test('allowed peers stay until they are removed', (context) => {
      using store = open(context)
      const { access } = store
      for (const allowed of [{ peer: EVE, since: 1 }, { peer: BOB, since: 2 }, { peer: EVE, since: 3 }]) access.putAllowedPeer(allowed)
      assert.deepEqual(access.allowedPeers(), [{ peer: BOB, since: 2 }, { peer: EVE, since: 3 }])
      access.removeAllowedPeer(BOB)
      access.removeAllowedPeer(BOB)
      assert.deepEqual(access.allowedPeers(), [{ peer: EVE, since: 3 }])
    })

    test('above the limit the oldest ban of the node goes, none of the user', (context) => {
      using store = open(context)
      const { access } = store
      store.transact(() => {
        access.putBan(endless)
        for (let index = 0; index < LIMITS.bans; index += 1) access.putBan(ban(`10.${index >> 8}.${index & 255}.1`))
      })
      const kept = access.bans()
      assert.deepEqual([kept.length, kept[0], kept[1]?.subject], [LIMITS.bans, endless, '10.0.1.1'])
    })

    test('a transaction that throws takes back what it did to them', (context) => {
      using store = open(context)
      const { access } = store
      access.putBan(ban(EVE))
      access.putAllowedPeer({ peer: BOB, since: 1 })
      assert.throws(() => store.transact(() => {
        access.removeBan(EVE)
        access.putBan(endless)
        access.removeAllowedPeer(BOB)
        access.putAllowedPeer({ peer: EVE, since: 2 })
        throw new RangeError('no')
      }), RangeError)
      assert.deepEqual([access.bans(), access.allowedPeers()], [[ban(EVE)], [{ peer: BOB, since: 1 }]])
    })

    test('whatever is done to it, it holds what a list would', (context) => {
      const subject = fc.constantFrom(EVE, BOB, '10.0.0.1', '10.0.0.0/24')
      const step = fc.record({ subject, since: fc.nat(), remove: fc.boolean() })
      using store = open(context)
      fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let expected: Ban[] = [...store.access.bans()]
        for (const { subject: text, since, remove } of steps) {
          const one = ban(text, { since })
          expected = expected.filter((kept) => kept.subject !== one.subject)
          if (remove) store.access.removeBan(one.subject)
          else store.access.putBan(one)
          if (!remove) expected.push(one)
        }
        assert.deepEqual(store.access.bans(), expected)
      }), { numRuns: 30 })
    })

    test('after it was closed everything is refused', (context) => {
      const store = open(context)
      const { access } = store
      store[Symbol.dispose]()
      const allowed: AllowedPeer = { peer: BOB, since: 1 }
      const attempts = [
        () => access.bans(), () => access.putBan(ban(EVE)), () => access.removeBan(EVE), () => access.allowedPeers(), () => access.putAllowedPeer(allowed),
        () => access.removeAllowedPeer(BOB),
      ]
      for (const attempt of attempts) assert.throws(attempt, (error) => isGgenError(error, 'cancelled'))
    })
  })
}
