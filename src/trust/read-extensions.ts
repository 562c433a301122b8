import { CID } from 'multiformats/cid'
import { LIMITS } from '#core'
import { encodeCbor } from './encode-cbor.ts'
import { mapOf } from './fields.ts'
import { check } from './op-fault.ts'

const KEY = /^[a-z][A-Za-z0-9_-]{0,63}$/

const isNested = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !(value instanceof CID)

/** Keys that sort alike everywhere and mean nothing to any language. Recursion is safe: the nesting is bounded. */
const checkKeys = (value: object): void => {
  if (!Array.isArray(value)) check(Object.keys(value).every((key) => KEY.test(key)), 'schema', 'x has a key that is not a plain word')
  for (const item of Object.values(value)) if (isNested(item)) checkKeys(item)
}

/**
 * Checks the extensions of an op. Unknown ones are carried and ignored; those that `crit` lists must be understood by the
 * reader, and this version understands none.
 */
export const checkExtensions = (value: unknown): void => {
  const extensions = mapOf(value, 'x')
  checkKeys(extensions)
  check(encodeCbor(extensions).length <= LIMITS.opExtensionBytes, 'schema', 'x is too large')
  const critical = Object.hasOwn(extensions, 'crit') ? extensions['crit'] : []
  check(Array.isArray(critical) && critical.length === 0, 'schema', 'x.crit is no list, or names an extension that this version does not know')
}
