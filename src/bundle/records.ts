import { LIMITS } from '#core'
import { brokenBundle } from './bundle-contents.ts'

const LENGTH_BYTES = 4

/** Envelopes one after the other, each with its length before it: four bytes, the largest first. */
export const packRecords = (envelopes: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(envelopes.flatMap((envelope) => {
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32BE(envelope.length)
    return [length, envelope]
  }))

/** Reads what `packRecords` wrote; nobody has looked at the envelopes yet. Throws `bundle-broken`. */
export const unpackRecords = (bytes: Uint8Array): readonly Uint8Array[] => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const envelopes: Uint8Array[] = []
  for (let place = 0; place < view.length;) {
    const length = place + LENGTH_BYTES <= view.length ? view.readUInt32BE(place) : 0
    place += LENGTH_BYTES
    if (length === 0 || length > LIMITS.opBytes || place + length > view.length) throw brokenBundle('what is signed of a package cannot be read')
    envelopes.push(new Uint8Array(view.subarray(place, place + length)))
    place += length
  }
  return envelopes
}
