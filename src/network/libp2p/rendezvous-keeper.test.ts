import { isGgenError, LIMITS, parseMultiaddr, type PeerId } from '#core'
import { decodeRendezvousEntries, decodeRendezvousReceipt, encodeRendezvousQuestion, type RendezvousQuestion, RendezvousStore } from '#network'
import { knownPeer, seeded, TestClock } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepRendezvous } from './rendezvous-keeper.ts'

const key = seeded('key').bytes(32)
const [alice, bob, carol] = [knownPeer('alice').id, knownPeer('bob').id, knownPeer('carol').id]
const good = parseMultiaddr('/ip4/8.8.8.8/tcp/4001')
const bad = parseMultiaddr('/ip4/127.0.0.1/tcp/6379')

const open = (hosts: Record<string, string> = { [alice]: '8.8.8.8', [bob]: '8.8.4.4', [carol]: '9.9.9.9' }) => {
  const clock = new TestClock()
  const hear = (_from: PeerId, addresses: readonly string[]): never[] => addresses.filter((address) => address !== bad) as never[]
  const answer = keepRendezvous({ store: new RendezvousStore(), clock, fraction: seeded('dice').fraction, hostOf: (peer) => hosts[peer], hear })
  const never = new AbortController().signal
  const ask = (from: PeerId, question: RendezvousQuestion): Promise<Uint8Array> => answer(encodeRendezvousQuestion(question), from, never)
  const put = async (from: PeerId, ...addresses: (typeof good)[]): Promise<boolean> => decodeRendezvousReceipt(await ask(from, { op: 'put', key, addresses }))
  const find = async (from: PeerId): Promise<unknown> => decodeRendezvousEntries(await ask(from, { op: 'get', key, count: 20 }))
  const remove = async (from: PeerId): Promise<boolean> => decodeRendezvousReceipt(await ask(from, { op: 'del', key }))
  return { clock, answer, put, find, remove, never }
}

test('Who asks puts, finds and deletes itself only, with the addresses that it may name', async () => {
  const { put, find, remove } = open()
  assert(await put(alice, good, bad))
  assert.deepEqual(await find(bob), [{ peer: alice, addresses: [good] }])
  assert.deepEqual(await find(alice), [], 'nobody needs to be told of itself')
  assert.deepEqual([await remove(bob), (await find(carol)) as unknown[]], [false, [{ peer: alice, addresses: [good] }]])
  assert.deepEqual([await remove(alice), await find(bob)], [true, []])
})

test('Who has no address that others could use, or has left, is not taken', async () => {
  const { put, find } = open({ [alice]: '8.8.8.8' })
  assert.deepEqual([await put(alice, bad), await put(alice), await put(bob, good), await find(carol)], [false, false, false, []])
})

test('An entry lasts a day, and broken questions are the fault of the asker', async () => {
  const { clock, put, find, answer, never } = open()
  assert(await put(alice, good))
  clock.advance(LIMITS.rendezvousEntryMs)
  assert.deepEqual(await find(bob), [])
  await assert.rejects(answer(new Uint8Array([1, 2, 3]), bob, never), (error) => isGgenError(error, 'frame-invalid'))
})
