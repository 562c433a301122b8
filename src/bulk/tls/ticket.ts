import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PeerId } from '#core'

const MAC_BYTES = 32
const EXPIRY_BYTES = 6

/** Makes and checks tickets: an expiry and a MAC over it and the peer it was made for. Nothing is stored; another secret voids all. */
export class TicketBooth {
  readonly #secret: Uint8Array

  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  /** A ticket for one peer, good until a moment of this process's monotonic clock. */
  issue(peer: PeerId, untilMs: number): Uint8Array {
    const expiry = Buffer.alloc(EXPIRY_BYTES)
    expiry.writeUIntBE(Math.floor(untilMs), 0, EXPIRY_BYTES)
    return Buffer.concat([expiry, this.#mac(peer, expiry)])
  }

  /** Whether it was issued here for this peer and is still good. */
  accepts(ticket: Uint8Array, peer: PeerId, nowMs: number): boolean {
    if (ticket.length !== EXPIRY_BYTES + MAC_BYTES) return false
    const expiry = Buffer.from(ticket.subarray(0, EXPIRY_BYTES))
    return timingSafeEqual(ticket.subarray(EXPIRY_BYTES), this.#mac(peer, expiry)) && expiry.readUIntBE(0, EXPIRY_BYTES) >= nowMs
  }

  #mac(peer: PeerId, expiry: Uint8Array): Buffer {
    return createHmac('sha256', this.#secret).update(peer).update(expiry).digest()
  }
}
