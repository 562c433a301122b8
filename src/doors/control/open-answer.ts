import type { IncomingMessage } from 'node:http'
import { GgenError, isErrorCode, readBounded } from '#core'
import { assertOwnSocket } from '#doors/socket'

/** One HTTP question to the node behind a socket. */
export interface Question {
  readonly socketPath: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  /** Plain JSON. */
  readonly body?: unknown
  /** The media type of the answer that is wanted, where there is more than one. */
  readonly accept?: string
  readonly signal: AbortSignal
}

/** An import statement would read every export of node:http, and one of them loads a WebSocket client: 30 ms for each command. */
const { request } = process.getBuiltinModule('node:http')

const ANSWER_BYTES = 16 * 1024 * 1024

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

const notRunning = (socketPath: string, cause: unknown): GgenError =>
  new GgenError('daemon-not-running', `no node is running here (nobody listens on ${socketPath})`, { cause })

/** What a failed connection means to the user. The reason of an abort wins over its consequences. */
const explain = (error: unknown, question: Question): unknown => {
  if (question.signal.aborted) return question.signal.reason
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return notRunning(question.socketPath, error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return new GgenError('daemon-not-running', 'the node went away before it had answered', { cause: error })
  if (code === 'EACCES' || code === 'EPERM') return new GgenError('denied', `the socket ${question.socketPath} may not be opened`, { cause: error })
  return error
}

const readAll = async (answer: IncomingMessage, question: Question): Promise<string> => {
  try {
    return (await readBounded(answer, ANSWER_BYTES, () => unknownForm('an answer that is too long'))).toString('utf8')
  } catch (error) {
    throw explain(error, question)
  }
}

/** For answers that this program cannot make sense of. */
export const unknownForm = (what: string): GgenError =>
  new GgenError('internal', `the node gave ${what}`, {
    hint: 'the node may be of another version than this command: stop it with ggen p2p stop and start it again',
  })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw unknownForm('an answer that is not JSON')
    throw error
  }
}

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The error inside an error body, as it was thrown in the node. */
export const reviveError = (body: unknown): GgenError => {
  const error = isRecord(body) ? body['error'] : undefined
  if (!isRecord(error) || !isErrorCode(error['code']) || typeof error['message'] !== 'string') return unknownForm('an error without a known code')
  const { code, message, hint, details } = error
  return new GgenError(code, message, { ...(typeof hint === 'string' && { hint }), ...(isRecord(details) && { details }) })
}

/** Or node:http asks whether the host is an IPv6 address, and compiles the pattern for that: five milliseconds of every command. */
const UNNAMED: Readonly<Record<string, string>> = { servername: '' }

const connect = (question: Question): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const body = question.body === undefined ? undefined : JSON.stringify(question.body)
    const asked = request(
      {
        socketPath: question.socketPath,
        method: question.method,
        path: question.path,
        headers: {
          host: 'ggen',
          ...(question.accept !== undefined && { accept: question.accept }),
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
        agent: false,
        ...UNNAMED,
        signal: question.signal,
      },
      resolve,
    )
    asked.on('error', reject)
    asked.end(body)
  })

/**
 * Asks, and resolves as soon as the node begins to answer. Throws what the node threw; `daemon-not-running` when there is none or
 * it goes away; the signal's reason when that aborts first.
 */
export const openAnswer = async (question: Question): Promise<IncomingMessage> => {
  question.signal.throwIfAborted()
  let answer: IncomingMessage
  try {
    assertOwnSocket(question.socketPath)
    answer = await connect(question)
  } catch (error) {
    throw explain(error, question)
  }
  if (answer.statusCode === 200) return answer
  throw reviveError(parseJson(await readAll(answer, question)))
}

/** Asks and reads one JSON answer. Throws what `openAnswer` throws, and `internal` for an answer of unknown form. */
export const askJson = async (question: Question): Promise<unknown> => parseJson(await readAll(await openAnswer(question), question))

/** Asks and reads the answer piece by piece. Throws what `openAnswer` throws. */
export const askStream = async function* (question: Question): AsyncGenerator<Uint8Array, void, undefined> {
  yield* readPieces(await openAnswer(question), question)
}

/** Reads an answer piece by piece. Throws `daemon-not-running` when the node goes away meanwhile, and the signal's reason when that aborts. */
export const readPieces = async function* (answer: IncomingMessage, question: Question): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* answer as AsyncIterable<Uint8Array>
  } catch (error) {
    throw explain(error, question)
  }
}
