import { resolve } from 'node:path'
import type { Run } from './context.ts'
import { choosePackGuard, withKeys } from './passphrase.ts'

/** `ggen id backup`: everything that is here of the identity, in one encrypted file. Needs no node. */
export const backupIdentity =
  (file: string): Run =>
  async (context) => {
    const { world, places, deadline, environment } = context
    deadline.lift()
    const path = resolve(environment.platform.workingFolder, file)
    const keystore = await world.openKeystore(places.home)
    const held = await keystore.read()
    const { identity, keys } = held.file
    const guard = () => choosePackGuard({}, 'the backup', { ...context, keystore })
    const bytes = await withKeys(held, (passphrase) => keystore.pack({ passphrase, chooseGuard: guard }), { ...context, why: 'back it up' })
    await world.createFile(path, bytes)
    const packed = keys.map(({ publicKey, role, label }) => ({ publicKey, role, ...(label !== undefined && { label }) }))
    return { kind: 'packed', value: { path, identity, encrypted: true, keys: packed } }
  }
