import type { AsyncEntry } from '@napi-rs/keyring'
import { GgenError } from '#core'
import type { OsKeyring } from '#keystore'

const SERVICE = 'ggen'

/**
 * On Linux only the Secret Service: what the library would take instead, the keyring of the kernel, forgets everything at the next start,
 * and the keys of a publisher with it.
 */
const OPTIONS = { linux: { store: 'secret-service' } } as const

const unavailable = (cause: unknown): GgenError => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new GgenError('keyring-unavailable', `the keyring of the system cannot be used (${reason})`, { cause })
}

/** The library is an optional dependency: where it is missing, so is the keyring. */
const withEntry = async <T>(name: string, use: (entry: AsyncEntry) => Promise<T>): Promise<T> => {
  try {
    const library = await import('@napi-rs/keyring')
    return await use(new library.AsyncEntry(SERVICE, name, OPTIONS))
  } catch (error) {
    throw unavailable(error)
  }
}

/** The keyring of the operating system: Keychain, Credential Manager, or the Secret Service of the desktop. */
export const systemKeyring: OsKeyring = {
  get: (name) => withEntry(name, async (entry) => (await entry.getPassword()) ?? undefined),
  set: (name, secret) => withEntry(name, (entry) => entry.setPassword(secret)),
  delete: (name) => withEntry(name, async (entry) => void (await entry.deletePassword())),
}
