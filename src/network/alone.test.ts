import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, Events, isGgenError, parseMultiaddr, type PeerId } from '#core'
import { knownPeer, TestClock } from '#testing'
import { aloneNetwork } from './alone.ts'
import { memoryAccessRecords } from './memory-access-records.ts'
import type { Network } from './network.ts'

const never = new AbortController().signal

const open = (): Network =>
  aloneNetwork({ self: '12D3KooWself' as PeerId, clock: new TestClock(), events: new Events(), records: memoryAccessRecords() })

test('nobody is there, and that is no fault', async () => {
  await using network = open()
  const digest = digestOf(Buffer.from('x'))
  assert.deepEqual([network.peers(), network.addresses(), await network.announce(Buffer.from('x'))], [[], [], 0])
  await network.provide(digest, never)
  assert.deepEqual(await Array.fromAsync(network.findProviders(digest, never)), [])
})

test('whoever is asked cannot be reached', async () => {
  await using network = open()
  const { id: peer } = knownPeer('somebody')
  const isGone = (error: unknown): boolean => isGgenError(error, 'peer-unreachable')
  await assert.rejects(network.ask(peer, '/ggen/feed/1', Buffer.from('x'), never), isGone)
  await assert.rejects(network.dial(parseMultiaddr('/ip4/192.0.2.1/tcp/4001'), never), isGone)
})

test('what the user decides about peers is kept', async () => {
  await using network = open()
  const { id: peer } = knownPeer('somebody')
  network.access.ban(peer, { reason: 'a test' })
  assert.deepEqual([network.admits(peer), network.access.bans().length], [false, 1])
})

test('after it was left, nothing can be done with it', async () => {
  const network = open()
  await network[Symbol.asyncDispose]()
  await assert.rejects(network.announce(Buffer.from('x')), (error) => isGgenError(error, 'cancelled'))
})
