import { GgenError, type IdentityId, isOpId, LIMITS } from '#core'

/** What a publisher keeps on one machine: the identity and the keys that may sign for it. Seeds are secret: 32 bytes each. */
export interface IdentityFile {
  readonly identity: IdentityId
  /** Envelope of the genesis op. */
  readonly genesis: Uint8Array
  readonly root: Uint8Array
  readonly release: Uint8Array
  /** Unix milliseconds. */
  readonly createdAt: number
}

const VERSION = 1
const SEED_BYTES = 32
const FIELDS = ['createdAt', 'genesis', 'identity', 'release', 'root', 'version']

/** The JSON text of an identity file; bytes are base64. */
export const formatIdentityFile = (file: IdentityFile): string =>
  `${JSON.stringify(
    {
      version: VERSION,
      identity: file.identity,
      genesis: Buffer.from(file.genesis).toString('base64'),
      root: Buffer.from(file.root).toString('base64'),
      release: Buffer.from(file.release).toString('base64'),
      createdAt: file.createdAt,
    },
    undefined,
    2,
  )}\n`

/** Parses exactly what `formatIdentityFile` writes. Throws `store-broken`; the message never shows a value of the file. */
export const parseIdentityFile = (bytes: Uint8Array): IdentityFile => {
  const fields = parseFields(bytes)
  const { version, identity, createdAt } = fields
  if (version !== VERSION) throw broken('version')
  if (typeof identity !== 'string' || !isOpId(identity)) throw broken('identity')
  if (typeof createdAt !== 'number' || !Number.isSafeInteger(createdAt) || createdAt < 0) throw broken('createdAt')
  const genesis = parseBytes('genesis', fields['genesis'])
  if (genesis.length === 0 || genesis.length > LIMITS.opBytes) throw broken('genesis')
  return { identity: identity as IdentityId, genesis, root: parseSeed('root', fields['root']), release: parseSeed('release', fields['release']), createdAt }
}

const parseFields = (bytes: Uint8Array): Record<string, unknown> => {
  const value = parseJson(bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken('JSON')
  const unexpected = Object.keys(value).sort().join() !== FIELDS.join()
  if (unexpected) throw broken('list of fields')
  return value as Record<string, unknown>
}

/** The parser's own message quotes the text, which is secret: it is left out. */
const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw broken('JSON')
    throw error
  }
}

const parseSeed = (field: string, value: unknown): Uint8Array => {
  const seed = parseBytes(field, value)
  if (seed.length !== SEED_BYTES) throw broken(field)
  return seed
}

const parseBytes = (field: string, value: unknown): Uint8Array => {
  if (typeof value !== 'string') throw broken(field)
  const bytes = Buffer.from(value, 'base64')
  if (bytes.toString('base64') !== value) throw broken(field)
  return Uint8Array.from(bytes)
}

const broken = (part: string): GgenError =>
  new GgenError('store-broken', `the identity file is damaged: its ${part} is wrong`, {
    hint: 'restore the file from a backup; with the recovery words a new key can be put in its place',
  })
