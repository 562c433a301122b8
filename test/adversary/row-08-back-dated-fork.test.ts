import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FeedOp, parsePackageSpec, type ReleaseOp } from '#core'
import { joinNetwork } from '#network/libp2p'
import { realClock, until } from '#testing'
import { genesis, keyOf, NAME, NOW, release, roles, status } from '../../vectors/story.ts'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const STOLEN = 4
const FRESH = 5
const DAY = 86_400

const g = genesis({}, [0, 1])
const line: ReleaseOp[] = []
for (let minor = 0; minor < 5; minor += 1) {
  const prev = line.at(-1)
  line.push(release({ roles: g, key: STOLEN, at: NOW + minor * DAY, ...(prev !== undefined && { prev }) }, `1.${minor}.0`, `content ${minor}`))
}
const [head] = line.slice(-1)
assert.ok(head)
/** Takes the stolen key out of service, and confirms what it signed until then. */
const rotation = roles(g, {
  at: NOW + 5 * DAY, release: [{ key: keyOf(FRESH), names: ['*'] }], revoked: [{ key: keyOf(STOLEN), feeds: [{ name: head.body.name, head: head.id }] }],
}, [0, 1])
const after = release({ roles: rotation, key: FRESH, at: NOW + 6 * DAY }, '2.0.0', 'content 5')

/** Forks at every place of the confirmed line, dated before the revocation, and what may follow them. */
const forks = (): FeedOp[] => {
  const ops: FeedOp[] = []
  for (let place = 0; place <= line.length; place += 1) {
    const prev = line[place - 1]
    const where = { roles: g, key: STOLEN, at: NOW + place * DAY, ...(prev !== undefined && { prev }) }
    const other = release(where, `1.${place}.0`, `evil ${place}`)
    ops.push(other, release({ ...where, prev: other }, '99.0.0', 'evil'), release(where, `1.${place}.9`, 'evil'))
    if (prev !== undefined) ops.push(status(where, { version: '*', state: 'withdrawn', why: 'evil' }))
  }
  return ops
}

const viewOf = async ({ marketplace }: RealNode): Promise<unknown> => {
  const { version, digest, standing, versions } = await marketplace.info(parsePackageSpec(NAME), never)
  return { version, digest, standing, versions }
}

test('forks that a revoked key signs later and dates back change nothing', async (t) => {
  await using victim = await openRealNode({ knows: [g, ...line, rotation, after].map(({ bytes }) => bytes) })
  const before = await viewOf(victim)
  await using thief = await joinNetwork({ listen: [], bootstrap: victim.addresses, mdns: false, clock: realClock, signal: AbortSignal.timeout(10_000) })
  await until('they have met', () => victim.network.peers().length === 1)
  const ops = forks()
  for (const { id, bytes } of ops) {
    await thief.announce(bytes)
    await until('it came', () => victim.catalogue.hasOp(id) || victim.events.some((event) => event.type === 'op-refused' && event.reason === 'brake'))
    assert.deepEqual(await viewOf(victim), before)
  }
  // The brake holds back what a thief says too quickly; without it all of it is in the set, before the revocation or after it, all the same.
  for (const order of [[g, ...line, rotation, after, ...ops], [g, ...line, ...ops, rotation, after]]) {
    await using other = await openRealNode({ knows: order.map(({ bytes }) => bytes) })
    assert.ok(ops.every(({ id }) => other.catalogue.hasOp(id)))
    assert.deepEqual(await viewOf(other), before)
  }
  t.diagnostic(`${ops.length} back-dated ops of a revoked key, by gossip and all at once: the view is unchanged`)
})
