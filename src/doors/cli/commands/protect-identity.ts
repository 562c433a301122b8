import { GgenError } from '#core'
import type { Guard, HeldIdentity, Keystore } from '#keystore'
import type { Context, Run } from './context.ts'
import { chooseGuard, type GuardOptions, plainWarning, withKeys } from './passphrase.ts'
import { identityOutcome } from './show-identity.ts'

/** A new passphrase in place of an old one can only be typed: the variable holds one, and that is the old one. */
const newGuard = async (held: HeldIdentity, options: GuardOptions, context: Context & { readonly keystore: Keystore }): Promise<Guard> => {
  const changes = held.file.protection.kind === 'passphrase' && options.keyring !== true && options.passphrase !== false
  if (!changes) return await chooseGuard(options, 'your keys', context)
  if (context.ask === undefined) throw new GgenError('passphrase-needed', 'another passphrase can only be typed on a terminal')
  return await chooseGuard(options, 'your keys from now on', { ...context, environment: { ...context.environment, env: {} } })
}

/** `ggen id protect`: encrypts the keys anew. Needs no node. */
export const protectIdentity =
  (options: GuardOptions): Run =>
  async (context) => {
    const { world, places, deadline, say } = context
    deadline.lift()
    const keystore = await world.openKeystore(places.home)
    const held = await keystore.read()
    const chooseNew = (): Promise<Guard> => newGuard(held, options, { ...context, keystore })
    const fresh = await withKeys(held, (passphrase) => keystore.protect(chooseNew, passphrase), { ...context, why: 'encrypt its keys anew' })
    if (fresh.file.protection.kind === 'none') say(plainWarning(keystore.path))
    return identityOutcome(fresh, keystore)
  }
