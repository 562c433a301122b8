import { resolve } from 'node:path'
import { LIMITS } from '#core'
import type { Guard, Keystore, PlainIdentity } from '#keystore'
import type { Context, Run } from './context.ts'
import { adviseProtection, chooseGuard, type GuardOptions, withPassphrase } from './passphrase.ts'
import { identityOutcome } from './show-identity.ts'

interface Unpacked {
  readonly packed: PlainIdentity
  /** What opened it. */
  readonly passphrase?: string
}

const unpack = async (bytes: Uint8Array, keystore: Keystore, context: Context): Promise<Unpacked> => {
  if (!keystore.isPackedWithPassphrase(bytes)) return { packed: await keystore.unpack(bytes) }
  return await withPassphrase('passphrase of the file', async (passphrase) => ({ packed: await keystore.unpack(bytes, passphrase), passphrase }), context)
}

/** Who opened the file with a passphrase keeps that one, unless something else was asked for. */
const guardFor = async ({ passphrase }: Unpacked, options: GuardOptions, context: Context & { readonly keystore: Keystore }): Promise<Guard> => {
  const isOwnChoice = options.keyring === true || options.passphrase === false
  return passphrase === undefined || isOwnChoice ? await chooseGuard(options, 'your keys', context) : { kind: 'passphrase', passphrase }
}

/** `ggen id import`: a backup or an exported key becomes the identity of this machine. Needs no node. */
export const importIdentity =
  (file: string, options: GuardOptions): Run =>
  async (context) => {
    const { world, places, deadline, environment, say } = context
    deadline.lift()
    const keystore = await world.openKeystore(places.home)
    await keystore.requireNone()
    const bytes = await world.readFile(resolve(environment.platform.workingFolder, file), 2 * LIMITS.identityFileBytes)
    const unpacked = await unpack(bytes, keystore, context)
    const guard = await guardFor(unpacked, options, { ...context, keystore })
    const adopted = await keystore.adopt(unpacked.packed, guard)
    if (guard.kind === 'none') say(adviseProtection(keystore.path))
    return identityOutcome(adopted, keystore)
  }
