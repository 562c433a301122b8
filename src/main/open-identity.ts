import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isGgenError } from '#core'
import type { IdentityKeys, OpenedIdentity } from '#doors/cli'
import { type IdentityFile, type KeyFiles, openKeyFiles } from '#store/disk'
import { createIdentity, keyPairFromSeed, signingBytes } from '#trust'
import { systemClock, systemRandom } from './system-clock.ts'

/** The identity of a home folder; the first time it is made silently, and its recovery words are handed out once. */
export const openIdentity = async (home: string): Promise<OpenedIdentity> => {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const keys = await openKeyFiles(join(home, 'keys'))
  const held = await keys.readIdentity()
  return held === undefined ? await makeIdentity(keys) : { keys: toKeys(held) }
}

const makeIdentity = async (keys: KeyFiles): Promise<OpenedIdentity> => {
  const { identity, genesis, root, release, recoveryWords } = createIdentity(systemRandom, Math.floor(systemClock.now() / 1000))
  const file: IdentityFile = { identity, genesis, root, release, createdAt: systemClock.now() }
  try {
    await keys.writeIdentity(file)
  } catch (error) {
    const other = isGgenError(error, 'conflict') ? await keys.readIdentity() : undefined
    if (other === undefined) throw error
    // Another command of the same user was quicker; its words were shown there.
    return { keys: toKeys(other) }
  }
  return { keys: toKeys(file), recoveryWords }
}

const toKeys = ({ identity, genesis, release }: IdentityFile): IdentityKeys => {
  const key = keyPairFromSeed(release)
  return { identity, genesis, publicKey: key.publicKey, sign: (payload) => key.sign(signingBytes(payload)) }
}
