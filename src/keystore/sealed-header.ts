/** How an age file is encrypted, as its first lines say. */
export type SealedHeader = { readonly kind: 'scrypt'; readonly workFactor: number } | { readonly kind: 'X25519' }

const VERSION_LINE = 'age-encryption.org/v1\n'
const SCRYPT = /^-> scrypt [A-Za-z0-9+/]{22} ([1-9]\d?)\n[A-Za-z0-9+/]{43}\n--- /
const X25519 = /^-> X25519 [A-Za-z0-9+/]{43}\n[A-Za-z0-9+/]{43}\n--- /
/** Longer than the header with one recipient. */
const HEADER_BYTES = 256

/** Whether bytes claim to be an age file. */
export const isSealed = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, VERSION_LINE.length)).toString('latin1') === VERSION_LINE

/** Reads the header of an age file with one passphrase or one X25519 recipient; `undefined` for every other file. */
export const sealedHeader = (bytes: Uint8Array): SealedHeader | undefined => {
  if (!isSealed(bytes)) return undefined
  const lines = Buffer.from(bytes.subarray(VERSION_LINE.length, HEADER_BYTES)).toString('latin1')
  const workFactor = SCRYPT.exec(lines)?.[1]
  if (workFactor !== undefined) return { kind: 'scrypt', workFactor: Number(workFactor) }
  return X25519.test(lines) ? { kind: 'X25519' } : undefined
}
