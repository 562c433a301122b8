import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type Clock, GgenError, toGgenError } from '#core'
import type { Depot, OpenTarball, TarballWish } from '#depot'
import { type Integrity, parseIntegrity } from '#npm'
import { clientOf, sessionOf } from './client-of.ts'
import { type Conversation, sendError } from './send.ts'

export interface TarballRequest {
  readonly depot: Depot
  readonly clock: Clock
  readonly wish: Omit<TarballWish, 'integrity'>
}

/** Sends an archive while it comes, and remembers where it came from. */
export const sendTarball = async (conversation: Conversation, { depot, clock, wish }: TarballRequest): Promise<void> => {
  const { request, response, signal } = conversation
  const began = clock.monotonic()
  const client = clientOf(request.headers['user-agent'])
  const session = sessionOf(request.headers['npm-session'])
  const note = { at: clock.now(), name: wish.name, version: wish.version, client, ...(session !== undefined && { session }) }
  const integrity = integrityOf(request)
  let firstByteMs: number | undefined
  try {
    const tarball = await depot.tarball({ ...wish, ...(integrity !== undefined && { integrity }) }, signal)
    firstByteMs = clock.monotonic() - began
    const bytes = await send(conversation, tarball)
    depot.noteServed({ ...note, ...tarball.brought(), bytes, firstByteMs, durationMs: clock.monotonic() - began })
  } catch (error) {
    const { code, message } = toGgenError(error)
    const durationMs = clock.monotonic() - began
    const trouble = `${code}: ${message}`
    if (!signal.aborted) depot.noteServed({ ...note, from: 'nowhere', bytes: 0, firstByteMs: firstByteMs ?? durationMs, durationMs, trouble })
    sendError(response, error)
  }
}

/** npm says what an archive must be; what it says wrong is as if it had said nothing. */
const integrityOf = ({ headers }: IncomingMessage): Integrity | undefined => {
  const said = headers['pacote-integrity']
  if (typeof said !== 'string' || said === '' || said === 'null') return undefined
  try {
    return parseIntegrity(said)
  } catch {
    return undefined
  }
}

const RANGE = /^bytes=(\d{1,15})-(\d{0,15})$/

const rangeOf = ({ headers }: IncomingMessage, sizeBytes: number | undefined): { readonly offset: number; readonly length: number } | 'none' | 'outside' => {
  const [, first = '', last = ''] = RANGE.exec(headers.range ?? '') ?? []
  if (first === '' || sizeBytes === undefined) return 'none'
  const offset = Number(first)
  const end = last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  return offset >= sizeBytes || end <= offset ? 'outside' : { offset, length: end - offset }
}

const send = async ({ request, response, signal }: Conversation, tarball: OpenTarball): Promise<number> => {
  const { sizeBytes, sha512 } = tarball
  const head = {
    'content-type': 'application/octet-stream',
    'cache-control': 'public, max-age=31536000, immutable',
    ...(sha512 !== undefined && { etag: `"${sha512.slice(0, 40)}"` }),
    ...(sizeBytes !== undefined && { 'accept-ranges': 'bytes' }),
  }
  const known = request.headers['if-none-match']
  if (sha512 !== undefined && known?.includes(head.etag ?? '') === true) {
    response.writeHead(304, head).end()
    return 0
  }
  const range = rangeOf(request, sizeBytes)
  if (range === 'outside') {
    response.writeHead(416, { 'content-range': `bytes */${sizeBytes}` }).end()
    return 0
  }
  const length = range === 'none' ? sizeBytes ?? tarball.promisedBytes : range.length
  const status = range === 'none' ? 200 : 206
  const part = range === 'none' ? {} : { 'content-range': `bytes ${range.offset}-${range.offset + range.length - 1}/${sizeBytes}` }
  const start = (): unknown => response.writeHead(status, { ...head, ...part, ...(length !== undefined && { 'content-length': length }) })
  if (request.method === 'HEAD') {
    start()
    response.end()
    return 0
  }
  if (tarball.whole !== undefined) {
    const bytes = range === 'none' ? tarball.whole : tarball.whole.subarray(range.offset, range.offset + range.length)
    start()
    response.end(bytes)
    return bytes.length
  }
  const chunks = tarball.read(signal, range === 'none' ? undefined : range)
  return await write({ response, signal }, { chunks, start, ...(length !== undefined && { length }) })
}

interface Sent {
  readonly chunks: AsyncIterable<Uint8Array>
  readonly start: () => unknown
  /** How many bytes were promised. */
  readonly length?: number
}

/** The head is sent with the first bytes: what is found wrong before them is told in a word. */
const write = async ({ response, signal }: Pick<Conversation, 'response' | 'signal'>, { chunks, start, length }: Sent): Promise<number> => {
  let bytes = 0
  for await (const chunk of chunks) {
    if (bytes === 0) start()
    bytes += chunk.length
    if (bytes > (length ?? bytes)) break
    if (response.write(chunk)) continue
    await Promise.allSettled([once(response, 'drain', { signal })])
    signal.throwIfAborted()
  }
  if (bytes !== (length ?? bytes)) throw new GgenError('integrity', `${bytes} bytes came where ${length} were promised`)
  if (bytes === 0) start()
  response.end()
  return bytes
}
