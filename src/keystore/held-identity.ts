import { type ChainOp, GgenError, isGgenError, type PublicKey, type ReleaseKey } from '#core'
import { type IdentityView, openOp, viewIdentity } from '#trust'
import type { HeldKey, IdentityFile, KeyRole } from './identity-file.ts'
import { damaged } from './strict-json.ts'

/** An identity of this machine: the file, and what its chain adds up to. */
export interface HeldIdentity {
  readonly file: IdentityFile
  readonly view: IdentityView
}

/** Whether a key may sign now, and if not, why: its time is over, it was revoked, or the chain does not name it (yet, or any more). */
export type KeyStanding = 'valid' | 'expired' | 'revoked' | 'unnamed'

/** A key that the chain names or this machine holds. */
export interface DescribedKey extends Omit<ReleaseKey, 'key' | 'names'> {
  readonly publicKey: PublicKey
  readonly role: KeyRole
  readonly standing: KeyStanding
  /** Whether its secret is on this machine. */
  readonly held: boolean
  /** Of release keys: for which packages. */
  readonly names?: readonly string[]
}

const openChainOp = (envelope: Uint8Array): ChainOp => {
  try {
    const op = openOp(envelope)
    if (op.type === 'genesis' || op.type === 'roles') return op
  } catch (error) {
    if (!isGgenError(error, 'op-invalid')) throw error
  }
  throw damaged('chain')
}

/** Checks the chain of a file: every op is sound, and all together are one line that begins with the identity. Throws `store-broken`. */
export const viewHeld = (file: IdentityFile): HeldIdentity => {
  const ops = file.chain.map(openChainOp)
  const view = viewIdentity(file.identity, ops)
  if (view === undefined || view.chain.length !== ops.length || view.chain.some(({ id }, index) => id !== ops[index]?.id)) throw damaged('chain')
  return { file, view }
}

const namedKeys = ({ roles }: IdentityView): readonly Omit<DescribedKey, 'standing' | 'held'>[] => [
  ...roles.root.keys.map((publicKey) => ({ publicKey, role: 'root' as const })),
  ...roles.recovery.keys.map((publicKey) => ({ publicKey, role: 'recovery' as const })),
  ...roles.release.map(({ key, ...rest }) => ({ publicKey: key, role: 'release' as const, ...rest })),
]

/** Every key that the chain names or that is held, in the order root, recovery, release, and held ones that are not named. */
export const describeKeys = ({ file, view }: HeldIdentity, nowSeconds: number): readonly DescribedKey[] => {
  const held = new Map(file.keys.map((key) => [key.publicKey, key]))
  const named = namedKeys(view)
  const isNamed = (key: HeldKey): boolean => named.some(({ publicKey, role }) => publicKey === key.publicKey && role === key.role)
  const unnamed = file.keys.filter((key) => !isNamed(key)).map(({ publicKey, role, label }) => {
    const standing = view.revoked.has(publicKey) ? 'revoked' as const : 'unnamed' as const
    return { publicKey, role, standing, held: true, ...(label !== undefined && { label }) }
  })
  const standingOf = ({ publicKey, expires }: { publicKey: PublicKey; expires?: number }): KeyStanding => {
    if (view.revoked.has(publicKey)) return 'revoked'
    return expires !== undefined && expires < nowSeconds ? 'expired' : 'valid'
  }
  return [...named.map((key) => ({ ...key, standing: standingOf(key), held: held.get(key.publicKey)?.role === key.role })), ...unnamed]
}

/** The held release key that may sign now, named first in the chain. Throws `key-missing`. */
export const releaseKeyOf = (identity: HeldIdentity, nowSeconds: number): PublicKey => {
  const held = describeKeys(identity, nowSeconds).filter((key) => key.role === 'release' && key.held)
  const valid = held.find(({ standing }) => standing === 'valid')
  if (valid !== undefined) return valid.publicKey
  const reasons = [...new Set(held.map(({ standing }) => WHY_NOT[standing]))]
  const none = 'no release key of this identity is on this machine'
  throw new GgenError('key-missing', reasons.length === 0 ? none : `the release key here ${reasons.join(', another ')}`)
}

const WHY_NOT: Readonly<Record<KeyStanding, string>> = {
  valid: 'may sign', expired: 'has expired', revoked: 'was revoked', unnamed: 'is not named by the identity\'s chain',
}
