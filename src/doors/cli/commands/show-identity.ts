import { isGgenError, type PublicKey } from '#core'
import type { HeldIdentity, Keystore } from '#keystore'
import type { Context, Run } from './context.ts'
import type { IdentityReply, Outcome } from './outcome.ts'
import { findAgent } from './find-agent.ts'
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

/** The key that would sign now; `undefined` where none may. */
const signingKey = (held: HeldIdentity, keystore: Keystore): PublicKey | undefined => {
  try {
    return keystore.releaseKey(held)
  } catch (error) {
    if (isGgenError(error, 'key-missing')) return undefined
    throw error
  }
}

const unlockedNow = async (held: HeldIdentity, keystore: Keystore, context: Context): Promise<NonNullable<IdentityReply['unlocked']>> => {
  const publicKey = held.file.protection.kind === 'none' ? undefined : signingKey(held, keystore)
  const agent = publicKey === undefined ? undefined : await findAgent({ identity: held.file.identity, publicKey }, context)
  return agent === undefined ? false : { until: agent.status.until, asks: agent.status.asks }
}

/** `ggen id show`: opens no key, and says whether an agent holds one. Needs no node. */
export const showIdentity = (): Run => async (context) => {
  const { world, places, say } = context
  const keystore = await world.openKeystore(places.home)
  const held = await keystore.read()
  if (held.file.protection.kind === 'none') say(adviseProtection(keystore.path))
  return { kind: 'identity', value: { ...identityReply(held, keystore), unlocked: await unlockedNow(held, keystore, context) } }
}
