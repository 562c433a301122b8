import { CENTRAL_LIMITS, type Clock } from '#core'
import { z } from 'zod'
import { changeFile, readJson, type TokenFile, writeJson } from './token-file.ts'

const form = z.strictObject({ version: z.literal(1), uses: z.record(z.string().max(12), z.int()) })

type Uses = ReadonlyMap<string, number>

/**
 * When each token was used last. Not in the file of the tokens themselves, which only commands of the operator change: he may copy that one from elsewhere at
 * any moment, and a server that was just rewriting it would bring back what he has revoked.
 */
export class TokenUses {
  readonly #file: TokenFile
  readonly #clock: Clock
  /** What was written down here, and when. */
  readonly #noted = new Map<string, number>()

  constructor(file: TokenFile, clock: Clock) {
    this.#file = file
    this.#clock = clock
  }

  /** Unix milliseconds, by the id of the token. */
  async all(): Promise<Uses> {
    return this.#read(await this.#file.read())
  }

  /** Writes down a use, at most once a minute, and forgets tokens that there are no more. */
  async note(id: string, isToken: (id: string) => boolean): Promise<void> {
    const now = this.#clock.now()
    if (now - (this.#noted.get(id) ?? -Infinity) < CENTRAL_LIMITS.tokenUseEveryMs) return
    this.#noted.delete(id)
    this.#noted.set(id, now)
    if (this.#noted.size > CENTRAL_LIMITS.tokens) for (const oldest of this.#noted.keys().take(1)) this.#noted.delete(oldest)
    await changeFile(this.#file, (before) => {
      const uses = new Map([...this.#read(before), [id, now] as const].filter(([used]) => isToken(used)))
      return writeJson({ version: 1, uses: Object.fromEntries(uses) })
    })
  }

  #read(bytes: Uint8Array | undefined): Uses {
    if (bytes === undefined) return new Map()
    const { path } = this.#file
    return new Map(Object.entries(readJson(bytes, form, { path, hint: 'remove it: it says only when tokens were used last' }).uses))
  }
}
