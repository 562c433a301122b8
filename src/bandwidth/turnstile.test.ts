import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type PeerId, type Urgency } from '#core'
import { type Queue, type Turn, Turnstile } from './turnstile.ts'

const queueOf = (urgency: Urgency): Queue<Turn> => ({ urgency, turns: [], start: 0, finish: 0 })
const peerOf = (name: string): PeerId => name as PeerId

const passAll = (turnstile: Turnstile<Turn>, now: number): readonly Turn[] => {
  const passed: Turn[] = []
  for (let turn = turnstile.next(now); turn !== undefined; turn = turnstile.next(now)) passed.push(turn)
  return passed
}

describe('Turnstile', () => {
  it('lets the queue go first that is furthest behind', () => {
    const turnstile = new Turnstile<Turn>()
    turnstile.setLimits({ node: 1000 }, 0)
    const [large, small] = [queueOf('interactive'), queueOf('interactive')]
    for (let index = 0; index < 3; index++) turnstile.enqueue(large, { peer: peerOf('large'), bytes: 400 })
    for (let index = 0; index < 12; index++) turnstile.enqueue(small, { peer: peerOf('small'), bytes: 100 })
    const order: string[] = []
    for (let now = 0; turnstile.size > 0; now += turnstile.waitMs(now) ?? 0) order.push(...passAll(turnstile, now).map(({ peer }) => peer[0] ?? ''))
    assert.match(order.join(''), /^lssss(?:lssss|sl?sss|ssl?ss){2}$/)
  })

  it('takes a turn back, wherever it stands', () => {
    const turnstile = new Turnstile<Turn>()
    turnstile.setLimits({ node: 1000 }, 0)
    const queue = queueOf('background')
    const turns = [200, 1, 2].map((bytes) => ({ peer: peerOf('p'), bytes }))
    for (const turn of turns) turnstile.enqueue(queue, turn)
    assert.deepEqual(passAll(turnstile, 0), turns.slice(0, 1))
    turnstile.remove(queue, turns[1] as Turn)
    turnstile.remove(queue, turns[0] as Turn)
    assert.deepEqual([turnstile.size, turnstile.waitMs(0)], [1, 100])
    turnstile.remove(queue, turns[2] as Turn)
    assert.deepEqual([turnstile.size, turnstile.waitMs(0), turnstile.next(1000)], [0, undefined, undefined])
  })

  it('remembers what a peer has had, but not of more peers than it may', () => {
    const turnstile = new Turnstile<Turn>()
    turnstile.setLimits({ perPeer: 1000 }, 0)
    const queue = queueOf('interactive')
    const take = (peer: string, now: number): boolean => {
      const turn = { peer: peerOf(peer), bytes: 1100 }
      turnstile.enqueue(queue, turn)
      const hasPassed = passAll(turnstile, now).length === 1
      if (!hasPassed) turnstile.remove(queue, turn)
      return hasPassed
    }
    assert.deepEqual([take('first', 0), take('first', 0), take('first', 999), take('first', 1000)], [true, false, false, true])
    for (let index = 0; index < LIMITS.pacedPeers; index++) assert.ok(take(`other ${index}`, 1000))
    assert.ok(take('first', 1000), 'the oldest was forgotten')
    assert.ok(!take('other 1000', 1000))
  })

  it('loses no turn and keeps the order within a queue, for any limits and any mixture', () => {
    const turns = fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.integer({ min: 1, max: 10_000 })), { maxLength: 60 })
    const limit = fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined })
    fc.assert(fc.property(turns, limit, limit, (wanted, node, perPeer) => {
      const turnstile = new Turnstile<Turn>()
      turnstile.setLimits({ ...(node !== undefined && { node }), ...(perPeer !== undefined && { perPeer }) }, 0)
      const queues = (['interactive', 'background', 'interactive', 'background'] as const).map(queueOf)
      const all = wanted.map(([queue, peer, bytes]) => ({ queue, peer: peerOf(`${queue}-${peer}`), bytes }))
      for (const turn of all) turnstile.enqueue(queues[turn.queue] as Queue<Turn>, turn)
      const passed: Turn[] = []
      for (let now = 0, rounds = 0; turnstile.size > 0; now += turnstile.waitMs(now) ?? 0, rounds++) {
        assert.ok(rounds < 2000, 'it ends')
        passed.push(...passAll(turnstile, now))
      }
      for (const peer of new Set(all.map((turn) => turn.peer))) {
        assert.deepEqual(passed.filter((turn) => turn.peer === peer), all.filter((turn) => turn.peer === peer))
      }
    }))
  })
})
