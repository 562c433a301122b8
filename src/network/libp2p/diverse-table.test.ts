import { LIMITS } from '#core'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diversify } from './diverse-table.ts'

interface Contact {
  readonly peerId: PeerId
  readonly kadId: Uint8Array
  lastPing: number
}

/** Two buckets, told apart by the first bit, that take whoever was pinged. */
const fakeTable = () => {
  const buckets: [{ peers: Contact[] }, { peers: Contact[] }] = [{ peers: [] }, { peers: [] }]
  const kb = {
    _determineBucket: (kadId: Uint8Array) => buckets[(kadId[0] ?? 0) < 128 ? 0 : 1],
    toIterable: () => [...buckets[0].peers, ...buckets[1].peers],
    _add: async (contact: Contact): Promise<void> => {
      if (contact.lastPing > 0) kb._determineBucket(contact.kadId).peers.push(contact)
    },
  }
  return { kb, buckets }
}

const contactOf = async (first: number, lastPing = 1): Promise<Contact> =>
  ({ peerId: peerIdFromPrivateKey(await generateKeyPair('Ed25519')), kadId: Uint8Array.of(first), lastPing })

test('A prefix has two peers in a bucket and three in the table, whoever is nearby any number', async () => {
  const hosts = new Map<string, string>()
  const { kb, buckets } = fakeTable()
  diversify({ kb }, (peer) => hosts.get(peer.toString()))
  const add = async (host: string | undefined, first: number, lastPing = 1): Promise<Contact> => {
    const contact = await contactOf(first, lastPing)
    if (host !== undefined) hosts.set(contact.peerId.toString(), host)
    await kb._add(contact)
    return contact
  }
  for (let index = 0; index < 10; index += 1) await add(`8.8.8.${index}`, 0)
  assert.equal(buckets[0].peers.length, LIMITS.routesPerBucketAndPrefix)
  for (let index = 0; index < 10; index += 1) await add(`8.8.8.${index}`, 255)
  assert.equal(buckets[1].peers.length, LIMITS.routesPerPrefix - LIMITS.routesPerBucketAndPrefix)
  await add('8.8.9.1', 255)
  for (let index = 0; index < 10; index += 1) await add(`192.168.1.${index}`, 255)
  assert.equal(buckets[1].peers.length, 12)
  await add(undefined, 0)
  assert.equal(buckets[0].peers.length, LIMITS.routesPerBucketAndPrefix, 'whoever left before it was taken in is not')
  const [gone] = buckets[0].peers.splice(0, 1)
  assert(gone !== undefined)
  await add('8.8.8.77', 0)
  assert.equal(buckets[0].peers.length, LIMITS.routesPerBucketAndPrefix, 'and there is room for another when one goes')
})

test('Whoever was not pinged yet is let through to the ping', async () => {
  const { kb } = fakeTable()
  let pinged = 0
  kb._add = async () => void (pinged += 1)
  diversify({ kb }, () => undefined)
  await kb._add(await contactOf(0, 0))
  await kb._add(await contactOf(0, 1))
  assert.equal(pinged, 1)
})

test('A table of another make is noticed at once', () => {
  assert.throws(() => diversify({}, () => undefined), assert.AssertionError)
})
