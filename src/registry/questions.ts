import { type Clock, type ErrorCode, GgenError, isGgenError, LIMITS } from '#core'
import type { HttpAnswer, HttpClient, HttpQuestion } from './http-client.ts'
import { nextTry, type Patience } from './next-try.ts'
import { readBody, readRefusal } from './read-reply.ts'
import { Watch } from './watch.ts'

export interface QuestionParts {
  readonly http: HttpClient
  readonly clock: Clock
  /** Of the registry, for people. */
  readonly name: string
  readonly patience: Patience
}

const NEEDS_TOKEN = 'set GGEN_REGISTRY_TOKEN to what ggen registry token create printed there, and start the node again'
const TOO_LARGE = 'its operator, or the proxy before it, allows fewer bytes in a request: client_max_body_size, where that is nginx'
/** Of the document that says what went wrong. */
const REFUSAL_BYTES = 64 * 1024

/** What a server may say in our words; all else that is not good is a failure of its own. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set([
  'usage', 'query-invalid', 'range-invalid', 'name-invalid', 'package-not-found', 'version-not-found', 'blob-not-found', 'denied', 'token-missing',
  'op-invalid', 'conflict', 'archive-unsafe', 'archive-broken', 'archive-too-large', 'integrity', 'disk-full', 'replicas-missing', 'too-busy',
])

/**
 * Asks a server, and again where that is worth it, until `read` has what it needs of the answer; it sees good answers and `304`. Throws what the server
 * answers in our words, `registry-failed` for what it answers in others, `timeout`, and what `HttpClient.ask` throws.
 */
export const ask = async <T>(
  { http, clock, name, patience }: QuestionParts, question: HttpQuestion,
  { signal, read }: { readonly signal: AbortSignal; readonly read: (answer: HttpAnswer) => Promise<T> },
): Promise<T> => {
  for (let tried = 1; ; tried += 1) {
    signal.throwIfAborted()
    const watch = new Watch(clock, signal)
    try {
      watch.start(question.body === undefined ? patience.firstByteMs : LIMITS.stallTimeoutMs)
      const answer = await http.ask(watched(question, watch), watch.signal)
      watch.stop()
      const paced = { ...answer, body: watch.incoming(answer.body, patience.stallMs) }
      if (answer.status === 304 || (answer.status >= 200 && answer.status < 300)) return await read(paced)
      throw await refusalOf(paced, name)
    } catch (error) {
      watch.stop()
      signal.throwIfAborted()
      const failure = watch.isLate ? new GgenError('timeout', `${name} does not answer in time`, { cause: error }) : error
      const waitMs = isGgenError(failure) ? nextTry(failure, patience, tried) : undefined
      if (waitMs === undefined) throw failure
      await clock.wait(waitMs, signal)
    }
  }
}

const watched = ({ body, ...question }: HttpQuestion, watch: Watch): HttpQuestion =>
  body === undefined ? question : { ...question, body: { ...body, chunks: watch.outgoing(body.chunks, LIMITS.stallTimeoutMs) } }

const refusalOf = async (answer: HttpAnswer, name: string): Promise<GgenError> => {
  const refusal = readRefusal(await readBody(answer, REFUSAL_BYTES))
  const { status } = answer
  if (status === 429 || refusal?.code === 'too-busy') return busy(answer, name)
  if (refusal !== undefined && ANSWERS.has(refusal.code)) {
    const hint = refusal.code === 'token-missing' ? NEEDS_TOKEN : refusal.hint
    return new GgenError(refusal.code, `${name}: ${refusal.message}`, { hint, details: refusal.details })
  }
  // Whatever stands before a registry says this of requests that the registry never sees.
  if (status === 413) return new GgenError('archive-too-large', `${name} takes no request that large`, { hint: TOO_LARGE })
  return new GgenError('registry-failed', `${name} answers ${status}`, { details: { status } })
}

const busy = (answer: HttpAnswer, name: string): GgenError => {
  const seconds = Number(answer.header('retry-after') ?? Number.NaN)
  const later = Number.isSafeInteger(seconds) && seconds >= 0 ? { details: { retryAfterMs: seconds * 1000 } } : {}
  return new GgenError('too-busy', `${name} has too much to do`, later)
}
