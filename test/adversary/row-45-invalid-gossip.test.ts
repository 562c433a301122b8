import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Events, GgenError, type GgenEvent, LIMITS } from '#core'
import type { Judge } from '#network'
import { openOp } from '#trust'
import { Publisher, until } from '#testing'
import { addressOf, honestNode, hostilePeer, soon } from './hostile-peer.ts'

const TOPIC = '/ggen/main/ops/1'
const OPS = 60
const IDENTITIES = 40

/** Random bytes, and a signed record with a bit flipped. */
const forged = (good: Uint8Array, index: number): Uint8Array => {
  if (index % 2 === 0) return randomBytes(200 + index)
  const broken = Uint8Array.from(good)
  const at = index % broken.length
  broken[at] = (broken[at] ?? 0) ^ (1 << (index % 8))
  return broken
}

test(`a flood of forged records from ${IDENTITIES} identities: none is accepted, all ${OPS} honest ones come`, async (t) => {
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  await using victim = await honestNode({ events })
  await using honest = await honestNode()
  const publisher = new Publisher('honest')
  const ops = Array.from({ length: OPS }, (_, index) => publisher.release('tool', `1.0.${index}`).bytes)
  const known = new Set(ops.map((bytes) => Buffer.from(bytes).toString('hex')))
  const arrived = new Map<string, number>()
  let [judged, accepted] = [0, 0]
  const judge: Judge = async (message) => {
    const key = Buffer.from(message).toString('hex')
    if (known.has(key)) arrived.set(key, performance.now())
    else judged += 1
    try {
      openOp(message)
    } catch (error) {
      assert(error instanceof GgenError)
      return 'reject'
    }
    if (!known.has(key)) accepted += 1
    return 'accept'
  }
  victim.listen(judge)
  honest.listen(judge)
  await honest.dial(addressOf(victim), soon())

  let connections = 0
  const attack = async (): Promise<void> => {
    for (let identity = 0; identity < IDENTITIES; identity += 1) {
      await using attacker = await hostilePeer({ host: '127.66.6.6', gossips: true })
      const [connected] = await Promise.allSettled([attacker.connect(victim)])
      if (connected.status === 'rejected') continue
      const { pubsub } = attacker.node.services
      pubsub?.subscribe(TOPIC)
      connections += 1
      const isOver = (): boolean => connected.value.status !== 'open'
      await until('it can send, or is out', () => isOver() || pubsub?.getSubscribers(TOPIC).some((peer) => peer.toString() === victim.self))
      for (let index = 0; index < 50 && !isOver(); index += 1) {
        await Promise.allSettled([pubsub?.publish(TOPIC, forged(ops[0] ?? new Uint8Array(), index + 1))])
        await new Promise(setImmediate)
      }
      await until('it is out', isOver)
    }
  }
  const attacking = attack()
  const took: number[] = []
  for (const bytes of ops) {
    const began = performance.now()
    await until('it can be told', async () => (await honest.announce(bytes)) > 0)
    await until('it has arrived', () => arrived.has(Buffer.from(bytes).toString('hex')), LIMITS.askTimeoutMs)
    took.push((arrived.get(Buffer.from(bytes).toString('hex')) ?? Infinity) - began)
  }
  await attacking
  const banned = seen.filter(({ type }) => type === 'peer-banned').length
  took.sort((a, b) => a - b)
  const figures = `${arrived.size} of ${OPS} honest ones, median ${took[OPS / 2]?.toFixed(1)} ms`
  t.diagnostic(`${IDENTITIES} identities of one host got ${connections} connections and ${judged} messages judged; accepted: ${accepted} forged, ${figures}`)
  assert.deepEqual([accepted, arrived.size], [0, OPS])
  assert.equal(banned, LIMITS.bannedPeersPerHost)
  assert(connections <= LIMITS.bannedPeersPerHost + LIMITS.inboundPerHost, `${connections} connections`)
  assert(judged <= connections * 50)
})
