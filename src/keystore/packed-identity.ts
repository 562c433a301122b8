import { GgenError, isGgenError } from '#core'
import { keyPairFromSeed } from '#trust'
import { viewHeld } from './held-identity.ts'
import { formatIdentityFile, type IdentityFile, parseIdentityFile } from './identity-file.ts'
import { type Guard, passphraseLock } from './key-seals.ts'
import { isSealed } from './sealed-header.ts'
import { checkPassphrase, seal, unseal } from './sealing.ts'
import { damaged } from './strict-json.ts'

/** An identity file whose secrets are in the clear. */
export type PlainIdentity = IdentityFile & { readonly protection: { readonly kind: 'none' } }

/** How a file that is taken elsewhere is protected: no keyring goes with it. */
export type PackGuard = Exclude<Guard, { readonly kind: 'keyring' }>

/** A file that takes an identity elsewhere: an identity file, as a whole in the clear or encrypted as an age file with a passphrase. */
export const packIdentity = async (file: PlainIdentity, guard: PackGuard, workFactor: number): Promise<Uint8Array> => {
  const bytes = Buffer.from(formatIdentityFile(file))
  if (guard.kind === 'none') return bytes
  checkPassphrase(guard.passphrase)
  return await seal(bytes, guard, workFactor)
}

const openPacked = async (bytes: Uint8Array, passphrase: string | undefined): Promise<PlainIdentity> => {
  const file = parseIdentityFile(isSealed(bytes) ? await unseal(bytes, passphraseLock(passphrase)) : bytes)
  const { protection } = file
  if (protection.kind !== 'none') throw damaged('protection')
  const { root, recovery, release } = viewHeld(file).view.roles
  for (const { secret, publicKey } of file.keys) if (keyPairFromSeed(secret).publicKey !== publicKey) throw damaged('keys')
  const named = new Set([...root.keys, ...recovery.keys, ...release.map(({ key }) => key)])
  if (!file.keys.some(({ publicKey }) => named.has(publicKey))) throw damaged('list of keys')
  return { ...file, protection }
}

/**
 * Opens what `packIdentity` made, and checks that its chain is sound, that its seeds are those of its keys, and that the chain names at
 * least one of them. Throws `usage` for any other file, `passphrase-needed` and `passphrase-wrong`.
 */
export const unpackIdentity = async (bytes: Uint8Array, passphrase?: string): Promise<PlainIdentity> => {
  try {
    return await openPacked(bytes, passphrase)
  } catch (error) {
    if (!isGgenError(error, 'store-broken')) throw error
    throw new GgenError('usage', 'this is not a file that ggen id backup or ggen id export made, or somebody changed it', {
      cause: error,
      hint: 'give another file',
    })
  }
}
