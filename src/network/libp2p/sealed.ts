import { GgenError } from '#core'
import type { MultiaddrConnection } from '@libp2p/interface'
import { xsalsa20 } from '@noble/ciphers/salsa.js'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

/** A connection of the library, seen from below: what it writes to the wire and what comes from there. */
interface Wired {
  readonly direction: 'inbound' | 'outbound'
  onData(bytes: Uint8Array): void
  sendData(data: Iterable<Uint8Array>): { readonly sentBytes: number; readonly canSendMore: boolean }
  abort(error: Error): void
}

/** Makes a connection one that only those can read and write who have the same key. */
export type Seal = <Sealed extends MultiaddrConnection>(connection: Sealed) => Sealed

const NONCE_BYTES = 24
const BLOCK_BYTES = 64

/** What one direction of a connection is mixed with. Throws after 256 GiB. */
class KeyStream {
  readonly #key: Uint8Array
  readonly #nonce: Uint8Array
  #place = 0

  constructor(key: Uint8Array, nonce: Uint8Array) {
    this.#key = key
    this.#nonce = nonce
  }

  /** The next bytes, mixed. Mixing twice gives them back. */
  mix(parts: Iterable<Uint8Array>): Uint8Array {
    // The cipher begins with a whole block: what of it was used before is mixed with nothing.
    const used = this.#place % BLOCK_BYTES
    const bytes = Buffer.concat([Buffer.alloc(used), ...parts])
    const mixed = xsalsa20(this.#key, this.#nonce, bytes, undefined, Math.floor(this.#place / BLOCK_BYTES)).subarray(used)
    this.#place += mixed.length
    return mixed
  }
}

/**
 * The pre-shared key of libp2p's private networks (`/key/swarm/psk/1.0.0/`) under everything else that a connection carries: each side sends 24 random
 * bytes, and from then on XSalsa20 under the key and these bytes. Who was called says nothing before it has heard 24 bytes, and nothing legible before it
 * has read, under the key, what a dialler begins with. The library's own protector is not used: its cipher keeps something of every connection for
 * good, and after some five thousand of them, which need no key, refuses all others until the process ends; and it waits for a round trip.
 */
export const sealWith =
  (key: Uint8Array): Seal =>
  (connection) => {
    const wired = connection as typeof connection & Wired
    assert(typeof wired.onData === 'function' && typeof wired.sendData === 'function', 'connections of the library write and read bytes')
    const [receive, send] = [wired.onData.bind(connection), wired.sendData.bind(connection)]
    const own = randomBytes(NONCE_BYTES)
    const outbound = new KeyStream(key, own)
    let inbound: KeyStream | undefined
    let heard = Buffer.alloc(0)
    let hasBegun = false
    const begin = (): void => {
      if (!hasBegun) send([own])
      hasBegun = true
    }
    const hear = (bytes: Uint8Array): void => {
      heard = Buffer.concat([heard, bytes])
      if (heard.length < NONCE_BYTES) return
      const [nonce, rest] = [heard.subarray(0, NONCE_BYTES), heard.subarray(NONCE_BYTES)]
      if (nonce.equals(own)) {
        wired.abort(new GgenError('peer-unreachable', 'the peer sends back what it hears'))
        return
      }
      inbound = new KeyStream(key, nonce)
      begin()
      if (rest.length > 0) receive(inbound.mix([rest]))
    }
    wired.onData = (bytes) => (inbound === undefined ? hear(bytes) : receive(inbound.mix([bytes])))
    wired.sendData = (data) => {
      begin()
      const mixed = outbound.mix(data)
      const { canSendMore } = send([mixed])
      return { sentBytes: mixed.length, canSendMore }
    }
    if (wired.direction === 'outbound') begin()
    return connection
  }
