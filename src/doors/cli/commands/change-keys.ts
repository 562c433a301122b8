import { resolve } from 'node:path'
import { GgenError, type IdentityId, parsePackageSpec, parseVersion, type RevokedKey, type RolesChange } from '#core'
import type { DescribedKey, HeldIdentity, Keystore } from '#keystore'
import type { Context, Run } from './context.ts'
import { chooseGuard, choosePackGuard, type GuardOptions, plainWarning, withKeys } from './passphrase.ts'
import { openRoot, readIdentity, sayRoles } from './say-roles.ts'
import { identityOutcome } from './show-identity.ts'

/** Says a change that the root key of this machine signs. */
const sayAsRoot = async (change: RolesChange, why: string, context: Context): Promise<{ readonly held: HeldIdentity; readonly keystore: Keystore }> => {
  const speaker = await readIdentity(context)
  const pairs = await openRoot(speaker, why, context)
  return { held: await sayRoles({ ...speaker, pairs }, { change }, context), keystore: speaker.keystore }
}

/** The release key that a label or the beginning of a key names. Throws `key-missing` and `usage`. */
export const findKey = (keys: readonly DescribedKey[], wanted: string): DescribedKey => {
  const fitting = keys.filter((key) => key.role === 'release' && (key.label === wanted || key.publicKey.startsWith(wanted)))
  const [chosen] = fitting
  if (chosen === undefined) throw new GgenError('key-missing', `no release key is called ${wanted}`, { hint: 'see the keys with: ggen id show' })
  const hint = 'name one by the beginning of the key itself'
  if (fitting.length > 1) throw new GgenError('usage', `${fitting.length} release keys are called ${wanted}`, { hint })
  return chosen
}

/** `ggen id rotate`: a new release key takes the place of the one that publishes from here; what that signed until now still counts. */
export const rotateKey =
  ({ label }: { readonly label?: string }): Run =>
  async (context) => {
    const speaker = await readIdentity(context)
    const { held, keystore } = speaker
    const old = keystore.releaseKey(held)
    const terms = held.view.roles.release.find(({ key }) => key === old)
    if (terms === undefined) throw new GgenError('key-missing', 'the key that publishes from here is not named any more')
    const pairs = await openRoot(speaker, 'replace a key', context)
    const { pair, ...fresh } = keystore.makeKey('release', label ?? terms.label)
    const change: RolesChange = { add: [{ ...terms, key: pair.publicKey, ...(label !== undefined && { label }) }], revoke: [{ key: old, notMine: [] }] }
    return identityOutcome(await sayRoles({ ...speaker, pairs }, { change, fresh: [fresh] }, context), keystore)
  }

export interface AddOptions extends Pick<GuardOptions, 'passphrase'> {
  readonly label: string
  readonly names?: readonly string[]
  /** Unix seconds. */
  readonly expires?: number
  /** Held by a machine. */
  readonly auto?: boolean
}

/** `ggen id add-key`: a release key for another machine, in a file for it. It does not stay here. */
export const addKey =
  (file: string, { label, names = ['*'], expires, auto, ...options }: AddOptions): Run =>
  async (context) => {
    const path = resolve(context.environment.platform.workingFolder, file)
    const speaker = await readIdentity(context)
    const { keystore } = speaker
    context.deadline.lift()
    const pairs = await openRoot(speaker, 'add a key', context)
    const { pair, ...fresh } = keystore.makeKey('release', label)
    const entry = { key: pair.publicKey, names, label, ...(expires !== undefined && { expires }), ...(auto === true && { auto }) }
    const held = await sayRoles({ ...speaker, pairs }, { change: { add: [entry] }, fresh: [fresh] }, context)
    const guard = () => choosePackGuard(options, 'the new key', { ...context, keystore })
    const pack = (passphrase?: string) => keystore.pack({ keys: [pair.publicKey], passphrase, chooseGuard: guard })
    await context.world.createFile(path, await withKeys(held, pack, { ...context, why: 'write the new key' }))
    const encrypted = options.passphrase !== false
    if (!encrypted) context.say(plainWarning(path))
    await keystore.change({ remove: [pair.publicKey] })
    return { kind: 'packed', value: { path, identity: held.file.identity, encrypted, keys: [{ publicKey: pair.publicKey, role: 'release', label }] } }
  }

/** `ggen id revoke`: a release key speaks no more. `notMine` are releases that its owner did not make: they and what came after do not count. */
export const revokeKey =
  (wanted: string, { notMine = [] }: { readonly notMine?: readonly string[] }): Run =>
  async (context) => {
    const speaker = await readIdentity(context)
    const { publicKey } = findKey(speaker.keystore.describe(speaker.held), wanted)
    const { held, keystore } = await sayAsRoot({ revoke: [{ key: publicKey, notMine: notMine.map(readRelease) }] }, 'revoke a key', context)
    return identityOutcome(held, keystore)
  }

const readRelease = (text: string): RevokedKey['notMine'][number] => {
  const { name, range } = parsePackageSpec(text)
  if (range === undefined) throw new GgenError('usage', `which version of ${name}?`, { hint: `${name}@1.2.3` })
  return { name, version: parseVersion(range) }
}

/** `ggen id need`: how many release keys have to sign, and how many of them people hold. */
export const changeNeed =
  ({ need, human }: { readonly need: number; readonly human?: number }): Run =>
  async (context) => {
    const { held, keystore } = await sayAsRoot({ need, human: human ?? 0 }, 'change who has to sign', context)
    return identityOutcome(held, keystore)
  }

/** `ggen id domains`: the domains whose names this publisher speaks for; each has to name it too. */
export const changeDomains =
  (domains: readonly string[]): Run =>
  async (context) => {
    const { held, keystore } = await sayAsRoot({ domains }, 'name domains', context)
    return identityOutcome(held, keystore)
  }

export interface RecoverOptions extends GuardOptions {
  readonly label?: string
}

/** `ggen id recover`: new keys for an identity whose machine is lost, by its recovery words. Every old release key is revoked. */
export const recoverIdentity =
  (identity: IdentityId, { label, ...choice }: RecoverOptions): Run =>
  async (context) => {
    const { client, deadline, world, places, ask } = context
    await client.health(deadline.signal)
    const keystore = await world.openKeystore(places.home)
    await keystore.requireNone()
    if (ask === undefined) throw new GgenError('usage', 'the recovery words are typed at a terminal, and nobody can be asked for them here')
    const chain = await client.chain(identity, deadline.signal)
    const hint = 'connect to somebody who has its packages'
    if (chain.length === 0) throw new GgenError('package-not-found', `nobody here has heard of ${identity}`, { hint })
    deadline.lift()
    const recovery = keystore.recoveryKey(await ask.hidden('the 24 recovery words: ', deadline.signal))
    keystore.requireRecovery({ identity, chain }, recovery)
    const [root, release] = [keystore.makeKey('root'), keystore.makeKey('release', label)]
    const guard = await chooseGuard(choice, 'the new keys', { ...context, keystore })
    const held = await keystore.restore({ identity, chain }, [root, release], guard)
    const { roles } = held.view
    const change: RolesChange = {
      root: { keys: [root.pair.publicKey], need: 1 },
      add: [{ key: release.pair.publicKey, names: ['*'], ...(label !== undefined && { label }) }],
      revoke: roles.release.map(({ key }): RevokedKey => ({ key, notMine: [] })),
      need: 1,
      human: 0,
    }
    return identityOutcome(await sayRoles({ held, keystore, pairs: [recovery, root.pair] }, { change }, context), keystore)
  }
