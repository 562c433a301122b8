import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, LIMITS } from '#core'
import { memoryAccessRecords } from '#network'
import { generatePeerKey } from '#network/libp2p'
import { knownPeer, realClock, until } from '#testing'
import { addressOf, honestNode, soon } from './hostile-peer.ts'

const YEAR_MS = 365 * 24 * 60 * 60 * 1000
const JUMPS = [YEAR_MS, -YEAR_MS, 0, -YEAR_MS, YEAR_MS, 60_000, -60_000, 2 * YEAR_MS, -2 * YEAR_MS]

/** The machine's clock, whose hands somebody moves. */
class JumpingClock implements Clock {
  jumpMs = 0
  now(): number {
    return realClock.now() + this.jumpMs
  }
  monotonic(): number {
    return realClock.monotonic()
  }
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return realClock.wait(ms, signal)
  }
  timeout(ms: number): AbortSignal {
    return realClock.timeout(ms)
  }
}

test('however the clock jumps while a node runs and between its runs, nobody is banned who is honest, and no ban lasts longer than it should', async (t) => {
  const clock = new JumpingClock()
  const access = memoryAccessRecords()
  const privateKey = await generatePeerKey()
  const liar = knownPeer('liar').id
  await using friend = await honestNode()
  friend.answer('/ggen/have/1', async (question) => question)
  let [falseBans, asked, bannedRuns] = [0, 0, 0]
  for (const [run, betweenMs] of JUMPS.entries()) {
    clock.jumpMs = betweenMs
    await using node = await honestNode({ clock, access, privateKey })
    if (run === 0) node.ban(liar, 'wrong bytes')
    await node.dial(addressOf(friend), soon())
    for (const jumpMs of JUMPS) {
      clock.jumpMs = jumpMs
      const [answer] = await node.ask(friend.self, '/ggen/have/1', Uint8Array.of(7), soon())
      asked += answer === 7 ? 1 : 0
      if (!node.admits(friend.self) || !node.peers().some(({ peer }) => peer === friend.self)) falseBans += 1
      for (const { subject, forMs = Infinity, remainingMs = Infinity } of node.access.bans()) {
        if (subject !== liar) falseBans += 1
        assert(remainingMs <= forMs && forMs === LIMITS.peerBanFirstMs, `${remainingMs} ms of ${forMs} ms`)
      }
    }
    if (!node.admits(liar)) bannedRuns += 1
  }
  await until('the friend has seen all of it', () => friend.peers().length === 0)
  const figures = `${falseBans} false bans, ${asked} questions answered, the liar was banned in ${bannedRuns} runs`
  t.diagnostic(`${JUMPS.length ** 2} jumps of up to two years in ${JUMPS.length} runs: ${figures}`)
  assert.deepEqual([falseBans, asked], [0, JUMPS.length ** 2])
  assert(bannedRuns >= 1)
})
