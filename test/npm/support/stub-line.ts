import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'

const PIECE_BYTES = 16_384

/** The line to a registry: every request waits for it, and all answers share its width. */
export class StubLine {
  latencyMs: number
  /** Undefined: as fast as it goes. */
  bytesPerSecond: number | undefined
  /** When the line is free again, in milliseconds of `performance.now()`. */
  #freeMs = 0

  constructor({ latencyMs = 0, bytesPerSecond }: { readonly latencyMs?: number; readonly bytesPerSecond?: number } = {}) {
    this.latencyMs = latencyMs
    this.bytesPerSecond = bytesPerSecond
  }

  /** Until a request has arrived. */
  async arrive(): Promise<void> {
    if (this.latencyMs > 0) await after(this.latencyMs)
  }

  /** Sends a body in its share of the line; ends early where the client has gone. Returns how many bytes went. */
  async send(response: ServerResponse, body: Uint8Array): Promise<number> {
    if (this.bytesPerSecond === undefined) {
      response.write(body)
      return body.length
    }
    let sentBytes = 0
    for (; sentBytes < body.length && !response.destroyed; sentBytes += PIECE_BYTES) {
      const piece = body.subarray(sentBytes, sentBytes + PIECE_BYTES)
      await this.#turn(piece.length, this.bytesPerSecond)
      if (!response.destroyed && !response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
    return Math.min(sentBytes, body.length)
  }

  /** Each piece takes the next free time, so that those who send at once get the same. */
  async #turn(sizeBytes: number, bytesPerSecond: number): Promise<void> {
    const now = performance.now()
    this.#freeMs = Math.max(now, this.#freeMs) + (sizeBytes / bytesPerSecond) * 1000
    const waitMs = this.#freeMs - now
    if (waitMs >= 1) await after(waitMs)
  }
}
