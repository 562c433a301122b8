import { Resolver } from 'node:dns/promises'

/** What the name servers said of a name: its values, none where there are none; or how they failed, as the end of a sentence about them. */
export type NameAnswer = { readonly values: readonly string[] } | { readonly failed: string }

/** Codes that say for sure that there is nothing. */
const NOTHING = new Set(['ENODATA', 'ENOTFOUND'])
const LATE = new Set(['ECANCELLED', 'ETIMEOUT'])
const QUERY_MS = 1000
const TRIES = 3

/** The code of whatever a part of Node threw; its message may hold anything. */
export const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'failed'
}

/** The questions about one domain; they end with the signal. */
export class NameServers {
  readonly #resolver = new Resolver({ timeout: QUERY_MS, tries: TRIES })

  /** `servers` are addresses with an optional port; without them those of the system are asked. */
  constructor(signal: AbortSignal, servers?: readonly string[]) {
    if (servers !== undefined) this.#resolver.setServers(servers)
    if (signal.aborted) this.#resolver.cancel()
    else signal.addEventListener('abort', () => this.#resolver.cancel(), { once: true })
  }

  /** Every text of a name, its parts joined. */
  async texts(name: string): Promise<NameAnswer> {
    return answerOf(async () => (await this.#resolver.resolveTxt(name)).map((parts) => parts.join('')))
  }

  /** All IP addresses of a host; those that one family has count when the other cannot be asked. */
  async addresses(host: string): Promise<NameAnswer> {
    const answers = await Promise.all([answerOf(() => this.#resolver.resolve4(host)), answerOf(() => this.#resolver.resolve6(host))])
    const values = answers.flatMap((answer) => ('values' in answer ? answer.values : []))
    return values.length > 0 ? { values } : (answers.find((answer) => 'failed' in answer) ?? { values })
  }
}

const answerOf = async (ask: () => Promise<string[]>): Promise<NameAnswer> => {
  try {
    return { values: await ask() }
  } catch (error) {
    const code = codeOf(error)
    if (NOTHING.has(code)) return { values: [] }
    return { failed: LATE.has(code) ? 'do not answer in time' : `answer ${code}` }
  }
}
