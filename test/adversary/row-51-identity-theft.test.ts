import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, isGgenError, parseMultiaddr } from '#core'
import { generatePeerKey } from '#network/libp2p'
import { rounds, until } from '#testing'
import { addressOf, honestNode, hostilePeer, soon } from './hostile-peer.ts'

const ATTEMPTS = rounds(8, 20)

const codeOf = (result: PromiseSettledResult<unknown>): string => {
  if (result.status === 'fulfilled') return 'got through'
  return result.reason instanceof GgenError ? result.reason.code : String(result.reason)
}

test('who listens where a known peer was, without its key, is not taken for it', async (t) => {
  const privateKey = await generatePeerKey()
  const known = await honestNode({ privateKey })
  const { self } = known
  await known[Symbol.asyncDispose]()
  await using thief = await hostilePeer({ host: '127.66.6.6' })
  let asked = 0
  await thief.node.handle('/ggen/have/1', (stream) => {
    asked += 1
    stream.abort(new Error('caught'))
  })
  const stolen = parseMultiaddr(thief.address.replace(/\/p2p\/.*/, `/p2p/${self}`))
  await using victim = await honestNode({ bootstrap: [stolen] })
  const codes = new Map<string, number>()
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const results = await Promise.allSettled([victim.dial(stolen, soon()), victim.ask(self, '/ggen/have/1', Uint8Array.of(1), soon())])
    for (const code of results.map(codeOf)) codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  t.diagnostic(`${2 * ATTEMPTS} attempts: ${[...codes].map(([code, count]) => `${count} ${code}`).join(', ')}; ${asked} questions reached the thief`)
  assert(!codes.has('got through'))
  assert([...codes.keys()].every((code) => code === 'peer-unreachable' || code === 'denied'), [...codes.keys()].join())
  assert.deepEqual([asked, victim.peers()], [0, []])

  // The one with the key is welcome, wherever it is.
  await using again = await honestNode({ privateKey })
  await victim.dial(addressOf(again), soon())
  assert.deepEqual(victim.peers().map(({ peer }) => peer), [self])
})

test('a peer that comes in is known by its key alone: the bans and the welcome of another do not count for it', async (t) => {
  await using victim = await honestNode()
  await using friend = await hostilePeer({ host: '127.66.1.1' })
  await using stranger = await hostilePeer({ host: '127.66.1.1' })
  victim.access.allow(friend.self)
  await stranger.connect(victim)
  await until('it is known', () => victim.peers().some(({ peer }) => peer === stranger.self))
  victim.ban(stranger.self, 'wrong bytes')
  await until('it is out', () => victim.peers().length === 0)
  await friend.connect(victim)
  await until('the friend is in', () => victim.peers().some(({ peer }) => peer === friend.self))
  const [again] = await Promise.allSettled([stranger.connect(victim)])
  await until('it is not let in again', () => again.status === 'rejected' || again.value.status !== 'open')
  assert(!isGgenError(again, 'denied'))
  assert.deepEqual(victim.peers().map(({ peer }) => peer), [friend.self])
  t.diagnostic('1 of 2 peers of one host is banned, the other one is welcome')
})
