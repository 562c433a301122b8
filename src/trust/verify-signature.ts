import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { PublicKey } from '#core'

const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')
const CACHED_KEYS = 4096

/** Parsed keys by their text, the least recently used first: parsing costs a quarter of a verification. */
const cache = new Map<PublicKey, KeyObject>()

let last: { readonly key: PublicKey; readonly object: KeyObject } | undefined

const keyObject = (key: PublicKey): KeyObject => {
  if (last?.key !== key) last = { key, object: lookUp(key) }
  return last.object
}

const lookUp = (key: PublicKey): KeyObject => {
  const known = cache.get(key)
  if (known !== undefined) {
    cache.delete(key)
    cache.set(key, known)
    return known
  }
  const parsed = createPublicKey({ key: Buffer.concat([SPKI_HEAD, Buffer.from(key.slice(4), 'hex')]), format: 'der', type: 'spki' })
  cache.set(key, parsed)
  if (cache.size > CACHED_KEYS) for (const [oldest] of cache.entries().take(1)) cache.delete(oldest)
  return parsed
}

/** Whether an admissible key made this 64-byte Ed25519 signature over the message. */
export const isSignedBy = (key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean => verify(null, message, keyObject(key), signature)

/** How many keys are remembered now; never more than 4,096. */
export const cachedKeyCount = (): number => cache.size
