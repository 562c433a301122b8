import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FeedOp, LIMITS, type Op } from '#core'
import { announceOps } from '#flow/announce'
import { answerFeed } from '#flow/sync'
import { memoryHub } from '#network'
import { memoryCatalogue } from '#store'
import { openOp } from '#trust'
import { openMarketplace, Publisher, TestClock, type TestMarketplace, until } from '#testing'

/** The second wave of May 2026. */
const RELEASES = 639
const WITHIN_MS = 27 * 60_000
const MOST = 45
const DAY_MS = 24 * 3600_000

const heard = ({ events }: TestMarketplace): number => events.filter((event) => event.type === 'release-added' && event.source === 'gossip').length

test(`a worm releases ${RELEASES} packages with one key in 27 minutes: no honest node relays more than ${MOST} of them`, async (t) => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using near = await openMarketplace({ hub, clock })
  await using far = await openMarketplace({ hub, clock })
  await using farther = await openMarketplace({ hub, clock })
  const [worm, catalogue] = [hub.join(), memoryCatalogue()]
  answerFeed(worm, catalogue)
  hub.link(near.network.self, far.network.self)
  hub.link(far.network.self, farther.network.self)
  hub.link(worm.self, near.network.self)

  // Its victim is known for years: nothing of what holds back newcomers counts.
  const victim = new Publisher('victim of the worm')
  const early: readonly Op[] = [openOp(victim.genesis), victim.release('its-own', '1.0.0')]
  for (const op of early) catalogue.putOp(op)
  await announceOps(worm, early)
  await until('its first release is everywhere', () => heard(farther) === 1)
  clock.advance(400 * DAY_MS)
  const born = Math.floor(clock.now() / 1000)
  const before = [near, far, farther].map(heard)

  for (let count = 0; count < RELEASES; count += 1) {
    clock.advance(WITHIN_MS / RELEASES)
    const op: FeedOp = victim.release(`package-${count}`, '9.9.9', { at: born })
    catalogue.putOp(op)
    await worm.announce(op.bytes)
  }
  const braked = (): number => near.events.filter((event) => event.type === 'op-refused' && event.reason === 'brake').length
  await until('all of it was judged', () => braked() + heard(near) === RELEASES + 1)
  await until('all that was relayed has arrived', () => heard(farther) === heard(far) && heard(far) === heard(near))
  const relayed = [near, far, farther].map((node, index) => heard(node) - (before[index] ?? 0))
  assert.ok(relayed.every((count) => count <= MOST && count >= LIMITS.brakeKeyBurst), relayed.join())
  t.diagnostic(`${RELEASES} releases in 27 minutes: ${relayed.join(', ')} relayed by the three honest nodes in a row (limit ${MOST}); ${braked()} were braked`)
})
