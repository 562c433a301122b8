import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Publisher, until } from '#testing'
import { openRealNode } from '../support/real-node.ts'

const EVERY_MS = 1000

test('light and full nodes get the opinions of whom they follow over real connections, those of before at once and later ones soon', async () => {
  const [list, target] = [new Publisher('list'), new Publisher('target')]
  const { identity } = target
  const opinions = [list.endorse(identity), list.advise(identity, 'tool')]
  const later = list.endorse(identity, { level: 'none' })
  await using source = await openRealNode({ knows: [list.genesis, ...opinions.map(({ bytes }) => bytes)] })
  await using light = await openRealNode({ bootstrap: source.addresses, light: true, syncEveryMs: EVERY_MS })
  await using full = await openRealNode({ bootstrap: source.addresses, syncEveryMs: EVERY_MS })
  await until('both are connected', () => [light, full].every(({ network }) => network.peers().some(({ peer }) => peer === source.network.self)))
  assert.equal(light.catalogue.knownSince(list.identity), undefined)
  for (const node of [light, full]) {
    await node.marketplace.following.follow(list.identity)
    assert.deepEqual(node.catalogue.opinions(list.identity, identity, 9), opinions.map(({ bytes }) => bytes).reverse())
  }
  source.catalogue.putOp(later)
  await until('both have what was said since', () => [light, full].every(({ catalogue }) => catalogue.hasOp(later.id)))
  assert.deepEqual([light, full, source].flatMap(({ events }) => events.filter(({ type }) => type === 'task-failed' || type === 'peer-banned')), [])
})

test('what a node asks whom it follows about is nothing that another one believes or takes from it', async () => {
  const [list, target] = [new Publisher('list'), new Publisher('target')]
  const opinion = list.endorse(target.identity)
  const forged = { ...opinion, bytes: Uint8Array.from(opinion.bytes, (byte, at) => (at === opinion.bytes.length - 1 ? byte ^ 1 : byte)) }
  await using liar = await openRealNode({ knows: [list.genesis] })
  liar.catalogue.putOp(forged)
  await using user = await openRealNode({ light: true, syncEveryMs: EVERY_MS })
  await user.network.dial(liar.addresses[0] ?? assert.fail('no address'), AbortSignal.timeout(10_000))
  await user.marketplace.following.follow(list.identity)
  assert.deepEqual(user.catalogue.opinions(list.identity, target.identity, 9), [])
  assert(user.events.some((event) => event.type === 'peer-banned' && event.peer === liar.network.self))
})
