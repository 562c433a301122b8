import { type Clock, type ErrorCode, GgenError, NPM_LIMITS, readBounded } from '#core'
import type { NpmName } from '#npm'
import { Breaker, type HttpAnswer, type HttpClient, type HttpQuestion, isFailure } from '#registry'

/** An npm registry that packages are taken from, as the npm configuration of the user names it. */
export interface SourceAddress {
  /** Its address, with a slash at the end. */
  readonly id: string
  /** It is asked with credentials: nobody outside gets what comes from it, and nobody is told what is asked of it. */
  readonly isPrivate: boolean
}

/** Which registry has a name. Reads the configuration anew where it has changed. */
export interface Sources {
  of(name: NpmName): Source
  /** The one that has the names without a scope of their own. */
  usual(): Source
  /** Those that have the names of a scope, each with its `@`. */
  scopes(): ReadonlyMap<string, Source>
  all(): readonly Source[]
}

export interface SourceParts extends SourceAddress {
  readonly http: HttpClient
  readonly clock: Clock
}

/** One upstream, and whether it is worth asking just now. Disposing ends what is under way. */
export class Source implements SourceAddress, AsyncDisposable {
  readonly id: string
  readonly isPrivate: boolean
  readonly #http: HttpClient
  readonly #clock: Clock
  readonly #breaker: Breaker

  constructor({ id, isPrivate, http, clock }: SourceParts) {
    this.id = id
    this.isPrivate = isPrivate
    this.#http = http
    this.#clock = clock
    this.#breaker = new Breaker({ clock, probe: (signal) => this.#send({ method: 'GET', path: '-/ping' }, signal).then((answer) => answer.cancel()) })
  }

  /** Why it is left alone just now; absent: it is not. */
  get refusal(): GgenError | undefined {
    return this.#breaker.refusal
  }

  /**
   * Asks it. Resolves with the head of its answer, whatever its status below 500. Throws at once while it is known not to answer; `registry-unreachable`,
   * `registry-untrusted`, `registry-failed`, `timeout`, and the reason of an aborted signal.
   */
  async ask(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
    if (this.refusal !== undefined) throw this.refusal
    try {
      const answer = await this.#send(question, signal)
      this.#breaker.answered()
      return answer
    } catch (error) {
      if (!signal.aborted && isFailure(error)) this.failed(error)
      throw error
    }
  }

  /** Asks for what it may well not have: whatever comes of it says nothing of whether it answers otherwise. Throws as `ask`. */
  async askAside(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
    if (this.refusal !== undefined) throw this.refusal
    return await this.#send(question, signal)
  }

  /** What it had begun to send broke off. */
  failed(why: GgenError): void {
    this.#breaker.failed(why)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#breaker[Symbol.asyncDispose]()
    this.#http[Symbol.dispose]()
  }

  async #send(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
    // What comes after the head has its own patience: whoever reads keeps it.
    const late = new AbortController()
    const onLate = (): void => late.abort(new GgenError('timeout', `${hostOf(this.id)} did not answer within ${NPM_LIMITS.headMs / 1000} seconds`))
    const patience = this.#clock.timeout(NPM_LIMITS.headMs)
    patience.addEventListener('abort', onLate, { once: true })
    try {
      const answer = await this.#http.ask(question, AbortSignal.any([signal, late.signal]))
      if (answer.status < 500) return answer
      answer.cancel()
      throw new GgenError('registry-failed', `${hostOf(this.id)} says ${answer.status}`)
    } catch (error) {
      throw forNpm(error)
    } finally {
      patience.removeEventListener('abort', onLate)
    }
  }
}

/** What helps with a registry that npm's configuration names; the catalogue of errors speaks of one that ggen's does. */
const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'registry-unreachable': 'check the registry in your npm configuration; what is here, or at a peer that is connected, is served without it',
  'registry-untrusted': 'its certificate is not valid there: ask who runs it, or name the authority with cafile in .npmrc',
}

const forNpm = (error: unknown): unknown => {
  const hint = error instanceof GgenError ? HINTS[error.code] : undefined
  return error instanceof GgenError && hint !== undefined ? new GgenError(error.code, error.message, { cause: error, hint }) : error
}

/** How people call it. */
export const hostOf = (source: string): string => URL.parse(source)?.host ?? source

/** The path of a package below the address of a registry. */
export const packagePath = (name: NpmName): string => name.replace('/', '%2f')

/** All bytes of an answer. Throws `registry-failed` for more than so many. */
export const bytesOf = ({ body, cancel }: HttpAnswer, mostBytes: number): Promise<Buffer> =>
  readBounded(body, mostBytes, () => {
    cancel()
    return new GgenError('registry-failed', `an answer of more than ${mostBytes} bytes`)
  })
