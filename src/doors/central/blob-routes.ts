import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Digest, GgenError, LIMITS, parseDigest } from '#core'
import type { Shelf } from '#marketplace'
import type { Guard } from './guard.ts'
import type { Metrics } from './metrics.ts'
import { ROUTES } from './protocol.ts'
import { readRange } from './read-range.ts'
import { isUnchanged, mayResume } from './validators.ts'
import { watchPace } from './watch-pace.ts'

export interface BlobParts {
  readonly shelf: Shelf
  readonly guard: Guard
  readonly metrics: Metrics
  /** Runs what nobody needs any more once the asker is gone. */
  readonly run: <T>(reply: FastifyReply, work: (signal: AbortSignal) => Promise<T>) => Promise<T>
}

type BlobRequest = FastifyRequest<{ Params: { digest: string } }>

/** What never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const BUFFERED_BYTES = 256 * 1024

/** The bytes of archives: given to everybody, taken from whoever has a token. */
export const addBlobRoutes = (app: FastifyInstance, parts: BlobParts): void => {
  app.route({ method: ['GET', 'HEAD'], url: ROUTES.blob.path, handler: (request, reply) => giveBlob(parts, request as BlobRequest, reply) })
  void app.register(async (child) => {
    // The bytes are read by whoever stores them, as they come, whatever they are called.
    child.removeAllContentTypeParsers()
    child.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    child.put<{ Params: { digest: string } }>(ROUTES.store.path, { onRequest: async (request, reply) => void (await parts.guard.authorise(request, reply)) },
      (request, reply) => takeBlob(parts, request, reply))
  })
}

const giveBlob = async ({ shelf, metrics }: BlobParts, request: BlobRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const digest = parseDigest(request.params.digest)
  const sizeBytes = await shelf.size(digest)
  if (sizeBytes === undefined) throw new GgenError('blob-not-found', `${digest.slice(0, 19)}… is not here`)
  const etag = `"${digest}"`
  const { 'if-none-match': ifNoneMatch, 'if-range': ifRange, range: wanted } = request.headers
  void reply.header('etag', etag).header('accept-ranges', 'bytes').header('cache-control', FOR_EVER)
  if (isUnchanged(ifNoneMatch, etag)) return reply.status(304).send()
  const range = mayResume(typeof ifRange === 'string' ? ifRange : undefined, etag) ? readRange(wanted, sizeBytes) : 'whole'
  if (range === 'outside') {
    void reply.header('content-range', `bytes */${sizeBytes}`).header('cache-control', 'no-store').status(416)
    return reply.send({ error: new GgenError('usage', `the range lies outside of ${sizeBytes} bytes`, { hint: 'ask for bytes that there are' }) })
  }
  const { offset, length } = range === 'whole' ? { offset: 0, length: sizeBytes } : range
  if (range !== 'whole') void reply.status(206).header('content-range', `bytes ${offset}-${offset + length - 1}/${sizeBytes}`)
  void reply.type('application/octet-stream').header('content-length', length)
  if (request.method === 'HEAD') return reply.send()
  metrics.moved('out', length)
  return reply.send(paced(reply, (signal) => shelf.read(digest, { offset, length }, signal)))
}

/** Bytes for an answer: read as they are taken, a few ahead, and no longer than somebody takes them. */
const paced = (reply: FastifyReply, read: (signal: AbortSignal) => AsyncIterable<Uint8Array>): Readable => {
  const controller = new AbortController()
  const watch = watchPace(reply.raw.socket ?? reply.request.raw.socket)
  const stream = Readable.from(read(controller.signal), { objectMode: false, highWaterMark: BUFFERED_BYTES })
  stream.once('close', () => {
    watch[Symbol.dispose]()
    controller.abort(new GgenError('cancelled', 'the asker went away'))
  })
  return stream
}

const takeBlob = async ({ shelf, metrics, run }: BlobParts, request: BlobRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const digest = parseDigest(request.params.digest)
  const announced = Number(request.headers['content-length'] ?? Number.NaN)
  if (!Number.isSafeInteger(announced)) throw new GgenError('usage', 'say how many bytes there are: content-length', { hint: 'send the header content-length' })
  if (announced > LIMITS.archiveBytes) throw new GgenError('archive-too-large', `an archive has at most ${LIMITS.archiveBytes} bytes`)
  using _pace = watchPace(request.raw.socket)
  const { sizeBytes, isNew } = await run(reply, () => shelf.store(digest, bodyOf(request, digest)))
  if (isNew) metrics.moved('in', sizeBytes)
  return reply.status(isNew ? 201 : 200).send({ digest, sizeBytes })
}

async function* bodyOf({ raw }: FastifyRequest, digest: Digest): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of raw) yield chunk as Uint8Array
  } catch (error) {
    throw new GgenError('cancelled', `the bytes of ${digest.slice(0, 19)}… ended too early`, { cause: error })
  }
}
