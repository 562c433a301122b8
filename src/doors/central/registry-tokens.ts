import { createHash, timingSafeEqual } from 'node:crypto'
import { CENTRAL_LIMITS, type Clock, GgenError, type PackageName, type Random } from '#core'
import { z } from 'zod'
import { coversName, readPatterns } from './name-patterns.ts'
import { changeFile, readJson, type TokenFile, writeJson } from './token-file.ts'
import { TokenUses } from './token-uses.ts'

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

const row = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  label: z.string().max(CENTRAL_LIMITS.tokenLabelChars),
  names: z.array(z.string()).min(1).max(CENTRAL_LIMITS.tokenPatterns),
  createdAt: z.int(),
  expiresAt: z.int(),
})

type Row = z.infer<typeof row>

const file = z.strictObject({ version: z.literal(1), tokens: z.array(row).max(CENTRAL_LIMITS.tokens) })

export interface TokenParts {
  /** Changed by those who make and revoke tokens, and only read by a registry. */
  readonly file: TokenFile
  /** When tokens were used. */
  readonly uses: TokenFile
  readonly clock: Clock
  readonly random: Random
}

/** Who may store here. Every method reads the file, so that what another process changed counts at once. */
export class RegistryTokens {
  readonly #parts: TokenParts
  readonly #uses: TokenUses

  constructor(parts: TokenParts) {
    this.#parts = parts
    this.#uses = new TokenUses(parts.uses, parts.clock)
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
    return { token, made: shown(made, undefined) }
  }

  /** Oldest first, those that are over among them. */
  async list(): Promise<readonly RegistryToken[]> {
    const [rows, uses] = await Promise.all([this.#read(), this.#uses.all()])
    return rows.map((row) => shown(row, uses.get(row.id)))
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
    return shown(revoked as unknown as Row, undefined)
  }

  /** What a token is good for; `undefined`: it is unknown, over or revoked. Takes as long for every text. */
  async find(text: string): Promise<RegistryToken | undefined> {
    const hash = hashOf(text)
    let found: Row | undefined
    for (const one of await this.#read()) if (timingSafeEqual(hash, Buffer.from(one.hash, 'hex'))) found = one
    return found === undefined || found.expiresAt <= this.#parts.clock.now() ? undefined : shown(found, undefined)
  }

  /** Remembers that a token was used, at most once a minute. */
  async noteUse({ id }: RegistryToken): Promise<void> {
    const living = new Set((await this.#read()).map((row) => row.id))
    await this.#uses.note(id, (used) => living.has(used))
  }

  async #read(): Promise<readonly Row[]> {
    return this.#rowsOf(await this.#parts.file.read())
  }

  #rowsOf(bytes: Uint8Array | undefined): readonly Row[] {
    if (bytes === undefined) return []
    return readJson(bytes, file, { path: this.#parts.file.path, hint: 'restore it from a backup, or remove it and make new tokens' }).tokens
  }

  #change(change: (rows: readonly Row[]) => readonly Row[]): Promise<void> {
    return changeFile(this.#parts.file, (before) => {
      const after = writeJson({ version: 1, tokens: change(this.#rowsOf(before)) })
      if (after.length > CENTRAL_LIMITS.tokenFileBytes) throw new GgenError('too-busy', 'the file of tokens is full; revoke some of them')
      return after
    })
  }
}

/** What a token covers, as the shelf asks it. */
export const grantOf = ({ id, names }: RegistryToken, replicas: number) =>
  ({ id, replicas, covers: (name: PackageName | undefined): boolean => coversName(names, name) })

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const shown = (held: Row, lastUsedAt: number | undefined): RegistryToken => {
  const { hash: _, ...token } = held
  return { ...token, ...(lastUsedAt !== undefined && { lastUsedAt }) }
}
