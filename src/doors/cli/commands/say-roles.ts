import type { Op, Role, Roles, RolesChange } from '#core'
import type { HeldIdentity, Keystore, OpenKey } from '#keystore'
import type { Context } from './context.ts'
import { withKeys } from './passphrase.ts'

type Opened = Awaited<ReturnType<Keystore['open']>>
type Pair = Opened['pair']

/** An identity of this machine, and what it takes to change who speaks for it. */
export interface Speaker {
  readonly held: HeldIdentity
  readonly keystore: Keystore
  /** What the old and the new root, or the recovery key, sign with. */
  readonly pairs: readonly Pair[]
}

/** Reads the identity of this machine, and what its chain has become since at other machines of its owner. */
export const readIdentity = async (context: Context): Promise<Omit<Speaker, 'pairs'>> => {
  const { client, deadline } = context
  await client.health(deadline.signal)
  const keystore = await context.world.openKeystore(context.places.home)
  const held = await keystore.read()
  const known = await client.chain(held.file.identity, deadline.signal)
  const append = known.slice(held.file.chain.length)
  return { keystore, held: append.length === 0 ? held : await keystore.change({ append }) }
}

/** Opens the root keys that are here. Throws `key-missing` where there are too few. */
export const openRoot = async ({ held, keystore }: Omit<Speaker, 'pairs'>, why: string, context: Context): Promise<readonly Pair[]> => {
  const { root } = held.view.roles
  const open = async (passphrase?: string): Promise<readonly Pair[]> => {
    const pairs: Pair[] = []
    for (const key of root.keys.slice(0, root.need)) pairs.push((await keystore.open(key, passphrase)).pair)
    return pairs
  }
  return await withKeys(held, open, { ...context, why })
}

interface Saying {
  readonly change: RolesChange
  readonly fresh?: readonly OpenKey[]
}

/**
 * Says who speaks for the identity from now on, and remembers it in its file. `fresh` are keys that the change names: they are kept before anything is
 * said, so that none of them can be lost.
 */
export const sayRoles = async (speaker: Speaker, { change, fresh = [] }: Saying, context: Context): Promise<HeldIdentity> => {
  const { keystore, pairs } = speaker
  const { client, deadline } = context
  const { identity } = speaker.held.file
  const keep = (passphrase?: string): Promise<HeldIdentity> => keystore.change({ add: fresh }, passphrase)
  const held = fresh.length === 0 ? speaker.held : await withKeys(speaker.held, keep, { ...context, why: 'keep a new key' })
  const [first] = pairs
  if (first === undefined) return held
  const question = { identity, chain: held.file.chain, feed: first.publicKey, statement: { type: 'roles', change } } as const
  const { intent, payload } = await client.prepareStatement(question, deadline.signal)
  const isExpected = expectRoles(held, change)
  const signatures = pairs.map((key) => ({ key: key.publicKey, signature: keystore.sign(key, payload, isExpected) }))
  await client.commitStatement(intent, signatures, deadline.signal)
  const gone = (change.revoke ?? []).map(({ key }) => key).filter((key) => held.file.keys.some(({ publicKey }) => publicKey === key))
  return await keystore.change({ append: [keystore.envelope(payload, signatures)], remove: gone })
}

/** What a node may give to sign: exactly this change, made to what is in force. */
export const expectRoles =
  ({ file, view }: HeldIdentity, change: RolesChange) =>
  (op: Op): boolean => {
    if (op.type !== 'roles' || op.identity !== file.identity || op.prev !== view.head) return false
    const { roles } = view
    const revoked = new Set((change.revoke ?? []).map(({ key }) => key))
    const added = new Map((change.add ?? []).map((entry) => [entry.key, entry]))
    const kept = roles.release.filter(({ key }) => !revoked.has(key) && !added.has(key))
    const human = change.human ?? roles.human ?? 0
    return (
      isSame(op.body.root, change.root ?? roles.root) && isSame(op.body.recovery, change.recovery ?? roles.recovery) &&
      isSameSet(op.body.release.map(termsOf), [...kept, ...added.values()].map(termsOf)) &&
      isSameSet(op.body.revoked.map(({ key }) => key), [...revoked]) && op.body.need === (change.need ?? roles.need) && (op.body.human ?? 0) === human
    )
  }

const termsOf = ({ key, names, expires, auto, label }: Roles['release'][number]): string => JSON.stringify([key, names, expires, auto === true, label])

const isSame = (a: Role, b: Role): boolean => a.need === b.need && isSameSet(a.keys, b.keys)

const isSameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && new Set([...a, ...b]).size === new Set(a).size
