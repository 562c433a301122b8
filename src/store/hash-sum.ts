const HASH_BYTES = 32

/** The sum over no hash at all. */
export const EMPTY_SUM: Uint8Array = new Uint8Array(HASH_BYTES)

/** Adds a 32-byte number to `sum`, which changes: little-endian, modulo 2^256. Sums are the same in whatever order they were added up. */
export const addTo = (sum: Uint8Array, hash: Uint8Array): void => {
  let carry = 0
  for (let at = 0; at < HASH_BYTES; at += 1) {
    carry += (sum[at] ?? 0) + (hash[at] ?? 0)
    sum[at] = carry
    carry >>= 8
  }
}

/** The sum of many 32-byte numbers. */
export const sumOf = (hashes: Iterable<Uint8Array>): Uint8Array => {
  const sum = new Uint8Array(HASH_BYTES)
  for (const hash of hashes) addTo(sum, hash)
  return sum
}
