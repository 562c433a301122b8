import { keyIdOf, type RegistryKey } from './registry-keys.ts'

/** What becomes of the keys that a registry is known by, when it shows a list. */
export interface RenewedKeys {
  readonly keys: readonly RegistryKey[]
  /** Why the list is not believed; the keys are those from before. */
  readonly refused?: string
}

const isSame = (a: RegistryKey, b: RegistryKey): boolean => keyIdOf(a.publicKey) === keyIdOf(b.publicKey)

/** A key that was said to expire never comes to life again. */
const earlier = (key: RegistryKey, shown: RegistryKey | undefined): RegistryKey => {
  const times = [key.expiresAtMs, shown?.expiresAtMs].filter((at) => at !== undefined)
  const { expiresAtMs: _, ...rest } = key
  return times.length === 0 ? rest : { ...rest, expiresAtMs: Math.min(...times) }
}

/**
 * Decides which keys a registry is known by from now on. The first list is taken as it is. A later one must have a key from before, or one that the operator
 * accepts by its hash (`SHA256:…`); then its new keys are added, and those that it has no more stay for what they signed. Nothing takes the place of a key
 * under its id. Pure.
 */
export const renewKeys = (known: readonly RegistryKey[] | undefined, shown: readonly RegistryKey[], accepted: ReadonlySet<string> = new Set()): RenewedKeys => {
  if (known === undefined || known.length === 0) return { keys: shown }
  const fresh = shown.filter((key) => !known.some((one) => isSame(one, key)))
  const isAccepted = (key: RegistryKey): boolean => accepted.has(keyIdOf(key.publicKey))
  const replaced = fresh.find((key) => !isAccepted(key) && known.some(({ keyid }) => keyid === key.keyid))
  if (replaced !== undefined) return { keys: known, refused: `it shows another key under the id ${replaced.keyid}: ${keyIdOf(replaced.publicKey)}` }
  const isContinued = shown.some((key) => known.some((one) => isSame(one, key)))
  if (shown.length === 0) return { keys: known, refused: 'it shows no keys any more' }
  if (!isContinued && !fresh.some(isAccepted)) {
    return { keys: known, refused: `it shows none of the keys that it had, but ${fresh.map(({ publicKey }) => keyIdOf(publicKey)).join(', ')}` }
  }
  const kept = known.map((key) => earlier(key, shown.find((one) => isSame(one, key))))
  const taken = isContinued ? fresh : fresh.filter(isAccepted)
  return { keys: [...taken, ...kept.filter(({ keyid }) => !taken.some((key) => key.keyid === keyid))] }
}
