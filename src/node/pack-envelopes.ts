/** Many envelopes as one message to a thread: handing over a buffer of its own for each would cost as much as checking a signature. */
export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of each envelope, in order. */
  readonly lengths: readonly number[]
}

export const packed = (envelopes: readonly Uint8Array[]): Packed => {
  const lengths = envelopes.map(({ length }) => length)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let place = 0
  for (const envelope of envelopes) {
    bytes.set(envelope, place)
    place += envelope.length
  }
  return { bytes, lengths }
}

/** Views of the bytes, not copies. */
export const unpacked = ({ bytes, lengths }: Packed): Uint8Array[] => {
  let place = 0
  return lengths.map((length) => bytes.subarray(place, (place += length)))
}
