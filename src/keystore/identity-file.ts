import { type IdentityId, isOpId, LIMITS, type PublicKey } from '#core'
import { keyPairFromSeed } from '#trust'
import { sealedHeader } from './sealed-header.ts'
import { base64, damaged, parseJson, readBase64, readFields, readItems } from './strict-json.ts'

/** What a key may do for its identity. */
export type KeyRole = 'root' | 'release' | 'recovery'

/** How the keys are encrypted: not at all, each with a passphrase, or each for a key that the keyring of the system holds under a name. */
export type Protection = { readonly kind: 'none' } | { readonly kind: 'passphrase' } | { readonly kind: 'keyring'; readonly entry: string }

/** A key that this machine holds. */
export interface HeldKey {
  readonly publicKey: PublicKey
  readonly role: KeyRole
  readonly label?: string
  /** The 32-byte seed where nothing protects the keys; else an age file of the seed. */
  readonly secret: Uint8Array
}

/** What a publisher keeps on one machine. All but the secrets can be read without a passphrase. */
export interface IdentityFile {
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly createdAt: number
  /** Envelopes: the genesis, and the roles ops that follow it. */
  readonly chain: readonly Uint8Array[]
  readonly protection: Protection
  readonly keys: readonly HeldKey[]
}

const VERSION = 2
const FIRST_VERSION = 1
const SEED_BYTES = 32
const ROLES: readonly KeyRole[] = ['root', 'release', 'recovery']
const PUBLIC_KEY = /^ed01[0-9a-f]{64}$/
const ENTRY = /^[a-z0-9-]{1,100}$/

/** The JSON text of an identity file, always of the newest version; bytes are base64. */
export const formatIdentityFile = ({ identity, createdAt, chain, protection, keys }: IdentityFile): string => {
  const secretName = protection.kind === 'none' ? 'seed' : 'sealed'
  const spelled = keys.map(({ publicKey, role, label, secret }) => ({ publicKey, role, ...(label !== undefined && { label }), [secretName]: base64(secret) }))
  return `${JSON.stringify({ version: VERSION, identity, createdAt, chain: chain.map(base64), protection, keys: spelled }, undefined, 2)}\n`
}

/**
 * Parses exactly what `formatIdentityFile` writes, or wrote in version 1. Throws `store-broken`; the message never shows a value of the
 * file. Does not look into the chain: `viewHeld` does.
 */
export const parseIdentityFile = (bytes: Uint8Array): IdentityFile => {
  if (bytes.length > LIMITS.identityFileBytes) throw damaged('size')
  const value = parseJson(bytes)
  const isFirst = typeof value === 'object' && value !== null && 'version' in value && value.version === FIRST_VERSION
  return isFirst ? readFirstVersion(value) : readVersion(value)
}

const readVersion = (value: unknown): IdentityFile => {
  const fields = readFields(value, 'list of fields', ['version', 'identity', 'createdAt', 'chain', 'protection', 'keys'])
  if (fields['version'] !== VERSION) throw damaged('version')
  const chain = readItems(fields['chain'], 'chain', LIMITS.identityChainOps).map((envelope) => readBase64(envelope, 'chain', LIMITS.opBytes))
  const protection = readProtection(fields['protection'])
  const keys = readItems(fields['keys'], 'keys', LIMITS.identityKeys).map((key) => readKey(key, protection))
  if (new Set(keys.map(({ publicKey }) => publicKey)).size !== keys.length) throw damaged('keys')
  return { ...readHead(fields), chain, protection, keys }
}

/** One genesis, and the seeds of one root and one release key in the clear. */
const readFirstVersion = (value: unknown): IdentityFile => {
  const fields = readFields(value, 'list of fields', ['version', 'identity', 'createdAt', 'genesis', 'root', 'release'])
  const keys = (['root', 'release'] as const).map((role) => {
    const secret = readSeed(fields[role])
    return { publicKey: keyPairFromSeed(secret).publicKey, role, secret }
  })
  return { ...readHead(fields), chain: [readBase64(fields['genesis'], 'genesis', LIMITS.opBytes)], protection: { kind: 'none' }, keys }
}

const readHead = ({ identity, createdAt }: Readonly<Record<string, unknown>>): Pick<IdentityFile, 'identity' | 'createdAt'> => {
  if (typeof identity !== 'string' || !isOpId(identity)) throw damaged('identity')
  if (typeof createdAt !== 'number' || !Number.isSafeInteger(createdAt) || createdAt < 0) throw damaged('createdAt')
  return { identity: identity as IdentityId, createdAt }
}

const readProtection = (value: unknown): Protection => {
  if (typeof value !== 'object' || value === null || !('kind' in value)) throw damaged('protection')
  const { kind } = value
  const { entry } = readFields(value, 'protection', kind === 'keyring' ? ['kind', 'entry'] : ['kind'])
  if (kind === 'none' || kind === 'passphrase') return { kind }
  if (kind !== 'keyring' || typeof entry !== 'string' || !ENTRY.test(entry)) throw damaged('protection')
  return { kind, entry }
}

const readKey = (value: unknown, protection: Protection): HeldKey => {
  const hasLabel = typeof value === 'object' && value !== null && Object.hasOwn(value, 'label')
  const secretName = protection.kind === 'none' ? 'seed' : 'sealed'
  const { publicKey, role, label, ...rest } = readFields(value, 'keys', ['publicKey', 'role', ...(hasLabel ? ['label'] : []), secretName])
  const known = ROLES.find((one) => one === role)
  if (typeof publicKey !== 'string' || !PUBLIC_KEY.test(publicKey) || known === undefined) throw damaged('keys')
  if (hasLabel && (typeof label !== 'string' || label === '' || [...label].length > LIMITS.keyLabelChars)) throw damaged('keys')
  const secret = protection.kind === 'none' ? readSeed(rest[secretName]) : readSealed(rest[secretName], protection)
  return { publicKey: publicKey as PublicKey, role: known, ...(typeof label === 'string' && { label }), secret }
}

const readSeed = (value: unknown): Uint8Array => {
  const seed = readBase64(value, 'keys', SEED_BYTES)
  if (seed.length !== SEED_BYTES) throw damaged('keys')
  return seed
}

/** A file must not say that a passphrase protects what something else does, or make the reader work for hours. */
const readSealed = (value: unknown, protection: Protection): Uint8Array => {
  const sealed = readBase64(value, 'keys', LIMITS.sealedSeedBytes)
  const header = sealedHeader(sealed)
  const fits = protection.kind === 'passphrase' ? header?.kind === 'scrypt' && header.workFactor <= LIMITS.scryptMostWork : header?.kind === 'X25519'
  if (!fits) throw damaged('keys')
  return sealed
}
