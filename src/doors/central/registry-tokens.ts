import { createHash, timingSafeEqual } from 'node:crypto'
import { CENTRAL_LIMITS, type Clock, GgenError, isGgenError, type PackageName, type Random } from '#core'
import { z } from 'zod'
import { coversName, readPatterns } from './name-patterns.ts'

/** A file of secrets that changes in one step: somebody else may change it as well. */
export interface TokenFile {
  readonly path: string
  /** As it was written; `undefined` when there is none yet. Throws `home-insecure`, `store-broken`. */
  readonly read: () => Promise<Uint8Array | undefined>
  /** Throws `conflict` when there is one already. Durable when it resolves. */
  readonly create: (bytes: Uint8Array) => Promise<void>
  /** Puts `after` in the place of `before`. Throws `conflict` when something else is there by now, `too-busy` while somebody else replaces it. */
  readonly replace: (before: Uint8Array, after: Uint8Array) => Promise<void>
}

/** The right to store packages of some names for some time; the token itself is known only to whoever got it. */
export interface RegistryToken {
  readonly id: string
  readonly label: string
  /** Names and patterns of them. */
  readonly names: readonly string[]
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly expiresAt: number
  /** To the minute; absent: never. */
  readonly lastUsedAt?: number
}

export interface TokenWish {
  readonly label: string
  readonly names: readonly string[]
  readonly forMs: number
}

const ID_BYTES = 6
const TOKEN_BYTES = 32
const PREFIX = 'ggen_'
const TRIES = 5

const row = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  label: z.string().max(CENTRAL_LIMITS.tokenLabelChars),
  names: z.array(z.string()).min(1).max(CENTRAL_LIMITS.tokenPatterns),
  createdAt: z.int(),
  expiresAt: z.int(),
  lastUsedAt: z.int().exactOptional(),
})

type Row = z.infer<typeof row>

const file = z.strictObject({ version: z.literal(1), tokens: z.array(row).max(CENTRAL_LIMITS.tokens) })

interface Held {
  /** As the file has it; `undefined`: there is none. */
  readonly bytes: Uint8Array | undefined
  readonly rows: readonly Row[]
}

/** Who may store here. Every method reads the file, so that what another process changed counts at once. */
export class RegistryTokens {
  readonly #parts: { readonly file: TokenFile; readonly clock: Clock; readonly random: Random }

  constructor(parts: { readonly file: TokenFile; readonly clock: Clock; readonly random: Random }) {
    this.#parts = parts
  }

  /** Makes a token; its text is nowhere else from now on. Throws `usage`, `too-busy` above `CENTRAL_LIMITS.tokens`. */
  async create({ label, names, forMs }: TokenWish): Promise<{ readonly token: string; readonly made: RegistryToken }> {
    const { clock, random } = this.#parts
    if (label.length > CENTRAL_LIMITS.tokenLabelChars) throw new GgenError('usage', `a label has at most ${CENTRAL_LIMITS.tokenLabelChars} characters`)
    if (forMs <= 0 || forMs > CENTRAL_LIMITS.tokenLongestMs) throw new GgenError('usage', 'a token lasts at most ten years')
    const token = `${PREFIX}${Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url')}`
    const [id, now] = [Buffer.from(random.bytes(ID_BYTES)).toString('hex'), clock.now()]
    const made: Row = { id, hash: hashOf(token).toString('hex'), label, names: [...readPatterns(names)], createdAt: now, expiresAt: now + forMs }
    await this.#change((rows) => {
      const living = rows.filter(({ expiresAt }) => expiresAt > now)
      if (living.length >= CENTRAL_LIMITS.tokens) throw new GgenError('too-busy', `there are ${CENTRAL_LIMITS.tokens} tokens already`)
      return [...living, made]
    })
    return { token, made: shown(made) }
  }

  /** Oldest first, those that are over among them. */
  async list(): Promise<readonly RegistryToken[]> {
    return (await this.#read()).rows.map(shown)
  }

  /** Ends a token at once. Throws `not-listed`. */
  async revoke(id: string): Promise<RegistryToken> {
    let revoked: Row | undefined
    await this.#change((rows) => {
      revoked = rows.find((one) => one.id === id)
      if (revoked === undefined) {
        throw new GgenError('not-listed', `there is no token ${id.slice(0, 40)}`, { hint: 'see which there are with: ggen registry token list' })
      }
      return rows.filter((one) => one.id !== id)
    })
    return shown(revoked as unknown as Row)
  }

  /** What a token is good for; `undefined`: it is unknown, over or revoked. Takes as long for every text. */
  async find(text: string): Promise<RegistryToken | undefined> {
    const hash = hashOf(text)
    let found: Row | undefined
    for (const one of (await this.#read()).rows) if (timingSafeEqual(hash, Buffer.from(one.hash, 'hex'))) found = one
    return found === undefined || found.expiresAt <= this.#parts.clock.now() ? undefined : shown(found)
  }

  /** Remembers that a token was used, at most once a minute; one that was revoked meanwhile stays so. */
  async noteUse({ id, lastUsedAt = 0 }: RegistryToken): Promise<void> {
    const now = this.#parts.clock.now()
    if (now - lastUsedAt < CENTRAL_LIMITS.tokenUseEveryMs) return
    await this.#change((rows) => rows.map((one) => (one.id === id ? { ...one, lastUsedAt: now } : one)))
  }

  async #read(): Promise<Held> {
    const bytes = await this.#parts.file.read()
    if (bytes === undefined) return { bytes, rows: [] }
    try {
      return { bytes, rows: file.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).tokens }
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error
      const { path } = this.#parts.file
      throw new GgenError('store-broken', `${path} does not hold tokens`, {
        cause: error, hint: 'restore it from a backup, or remove it and make new tokens', details: { path },
      })
    }
  }

  /** Two who change it at the same time both succeed, one after the other. */
  async #change(change: (rows: readonly Row[]) => readonly Row[]): Promise<void> {
    const { file: held } = this.#parts
    for (let tries = 1; ; tries += 1) {
      const { bytes, rows } = await this.#read()
      const after = Buffer.from(`${JSON.stringify({ version: 1, tokens: change(rows) }, undefined, 2)}\n`)
      if (after.length > CENTRAL_LIMITS.tokenFileBytes) throw new GgenError('too-busy', 'the file of tokens is full; revoke some of them')
      try {
        await (bytes === undefined ? held.create(after) : held.replace(bytes, after))
        return
      } catch (error) {
        const isRace = isGgenError(error, 'conflict') || isGgenError(error, 'too-busy')
        if (!isRace || tries >= TRIES) throw error
      }
    }
  }
}

/** What a token covers, as the shelf asks it. */
export const grantOf = ({ id, names }: RegistryToken, replicas: number) =>
  ({ id, replicas, covers: (name: PackageName | undefined): boolean => coversName(names, name) })

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const shown = (held: Row): RegistryToken => {
  const { hash: _, ...token } = held
  return token
}
