import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FeedOp, LIMITS, parsePackageSpec } from '#core'
import { joinNetwork } from '#network/libp2p'
import { realClock, until } from '#testing'
import { genesis, NAME, release, roles, status } from '../../vectors/story.ts'
import { openRealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const LAST_SEQ = 2 ** 32 - 1

const g = genesis()
const first = release({ roles: g, key: 4 }, '1.0.0', 'first')
const second = release({ roles: g, key: 4, prev: first }, '1.1.0', 'second')

/** All validly signed with the stolen key, and each claims a place that does not follow. */
const JUMPS: Readonly<Record<string, FeedOp | ReturnType<typeof roles>>> = {
  'a release at the last place there is': release({ roles: g, key: 4, prev: first, seq: LAST_SEQ }, '9.0.0', 'evil'),
  'a release at the place after the next': release({ roles: g, key: 4, prev: first, seq: 2 }, '9.0.1', 'evil'),
  'a status at the last place there is': status({ roles: g, key: 4, prev: first, seq: LAST_SEQ }, { version: '*', state: 'withdrawn' }),
  'roles at the last place there is': roles(g, { seq: LIMITS.rolesOps, release: [] }, [0, 1]),
}

test('an op that jumps ahead in its chain is refused, by everybody alike, and its publisher goes on', async (t) => {
  await using victim = await openRealNode({ knows: [g.bytes, first.bytes] })
  await using behind = await openRealNode({ knows: [g.bytes, first.bytes], bootstrap: victim.addresses })
  await using thief = await joinNetwork({ listen: [], bootstrap: victim.addresses, mdns: false, clock: realClock, signal: AbortSignal.timeout(10_000) })
  await until('they have met', () => victim.network.peers().length === 2)
  for (const [index, { bytes }] of Object.values(JUMPS).entries()) {
    await thief.announce(bytes)
    await until('it was refused', () => victim.events.filter(({ type }) => type === 'op-refused').length === index + 1)
  }
  await thief.announce(second.bytes)
  for (const node of [victim, behind]) {
    await until('what follows is taken', () => node.catalogue.hasOp(second.id))
    assert.equal(node.catalogue.counts().ops, 3)
    const { version, standing, versions } = await node.marketplace.info(parsePackageSpec(NAME), never)
    assert.deepEqual([version, standing, versions.length], ['1.1.0', 'live', 2])
  }
  t.diagnostic(`${Object.keys(JUMPS).length} jumps refused, the view is unchanged, the next op of the publisher counts`)
})
