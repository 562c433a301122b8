import { GgenError, type IdentityId, isOpId, LIMITS, type PublicKey, readBounded } from '#core'

/** A release key that one process opened and another one is to hold. */
export interface HandOver {
  readonly identity: IdentityId
  readonly publicKey: PublicKey
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** Of the identity's file before the key was opened. */
  readonly stamp: string
  /** How long from now, in milliseconds. */
  readonly forMs: number
}

const SEED_BYTES = 32
const PUBLIC_KEY = /^ed01[0-9a-f]{64}$/
const MOST_BYTES = 4096

/** What goes through the pipe between the two, and nowhere else. */
export const formatHandOver = ({ seed, ...rest }: HandOver): string => JSON.stringify({ ...rest, seed: Buffer.from(seed).toString('base64') })

const nothing = (): GgenError =>
  new GgenError('usage', 'nobody handed over a key to this process', { hint: 'ggen id unlock starts it' })

const parseJson = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw nothing()
}

/** Reads what `formatHandOver` wrote, to its end. Throws `usage` for everything else, and repeats nothing of it. */
export const readHandOver = async (input: AsyncIterable<Uint8Array>): Promise<HandOver> => {
  const { identity, publicKey, seed: text, stamp, forMs } = parseJson((await readBounded(input, MOST_BYTES, nothing)).toString('utf8'))
  const seed = Uint8Array.from(Buffer.from(typeof text === 'string' ? text : '', 'base64'))
  const isKey = typeof publicKey === 'string' && PUBLIC_KEY.test(publicKey) && seed.length === SEED_BYTES
  if (!isKey || typeof identity !== 'string' || !isOpId(identity) || typeof stamp !== 'string') throw nothing()
  if (typeof forMs !== 'number' || !(forMs > 0) || forMs > LIMITS.agentLongestMs) throw nothing()
  return { identity: identity as IdentityId, publicKey: publicKey as PublicKey, seed, stamp, forMs }
}
