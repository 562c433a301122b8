import type { HeldIdentity, Keystore } from '#keystore'
import type { Run } from './context.ts'
import type { IdentityReply, Outcome } from './outcome.ts'
import { adviseProtection } from './passphrase.ts'

/** What people see of the identity of this machine. */
export const identityReply = (held: HeldIdentity, keystore: Keystore): IdentityReply => {
  const { file: { identity, createdAt, protection }, view } = held
  const { head, seq, forked } = view
  return {
    identity, createdAt, head, seq, protection: protection.kind, path: keystore.path, keys: keystore.describe(held),
    ...(forked !== undefined && { forked }),
  }
}

/** The outcome of every command that ends with an identity on this machine. */
export const identityOutcome = (held: HeldIdentity, keystore: Keystore): Outcome => ({ kind: 'identity', value: identityReply(held, keystore) })

/** `ggen id show`: opens no key. Needs no node. */
export const showIdentity = (): Run => async ({ world, places, say }) => {
  const keystore = await world.openKeystore(places.home)
  const held = await keystore.read()
  if (held.file.protection.kind === 'none') say(adviseProtection(keystore.path))
  return identityOutcome(held, keystore)
}
