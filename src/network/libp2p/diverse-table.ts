import { LIMITS, prefixOfHost } from '#core'
import type { PeerId } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { isNearby } from './address-scope.ts'

interface Contact {
  readonly peerId: PeerId
  readonly kadId: Uint8Array
  /** 0: was not pinged yet. */
  readonly lastPing: number
}

interface Bucket {
  readonly peers: readonly Contact[]
}

/** The parts of the library's routing table that its interface leaves out. Every way into it leads through `_add`. */
interface Buckets {
  _add(contact: Contact, options: unknown): Promise<void>
  _determineBucket(kadId: Uint8Array): Bucket
  toIterable(): Iterable<Contact>
}

/**
 * Keeps a routing table diverse: so many peers of one /24 or /48 in all, and so many in one bucket. What counts is where the connection to a peer leads,
 * which it cannot make up; the library pings before it takes somebody in, so that there is one. Peers from nearby are not counted.
 */
export const diversify = (routingTable: object, hostOf: (peer: PeerId) => string | undefined): void => {
  const { kb } = routingTable as { readonly kb?: Buckets }
  assert(typeof kb?._add === 'function' && typeof kb._determineBucket === 'function', 'the routing table of the library has buckets')
  const prefixes = new WeakMap<Contact, string>()
  const countOf = (contacts: Iterable<Contact>, prefix: string): number => [...contacts].filter((contact) => prefixes.get(contact) === prefix).length
  const mayEnter = (contact: Contact, host: string | undefined): boolean => {
    // Without a connection it has not been pinged, or has left since.
    if (host === undefined) return contact.lastPing === 0
    if (isNearby(host)) return true
    const prefix = prefixOfHost(host)
    prefixes.set(contact, prefix)
    const { peers } = kb._determineBucket(contact.kadId)
    return countOf(kb.toIterable(), prefix) < LIMITS.routesPerPrefix && countOf(peers, prefix) < LIMITS.routesPerBucketAndPrefix
  }
  const add = kb._add.bind(kb)
  kb._add = async (contact, options) => {
    const isIn = kb._determineBucket(contact.kadId).peers.some(({ peerId }) => peerId.equals(contact.peerId))
    if (isIn || mayEnter(contact, hostOf(contact.peerId))) await add(contact, options)
  }
}
