import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GgenError, isOpId, parsePackageName, type OpId } from '#core'
import type { Shelf } from '#marketplace'
import { AnswersRoom } from './answers-room.ts'
import type { CatalogList } from './catalog-list.ts'
import { type PackageDocument, ROUTES } from './protocol.ts'
import { readSearch } from './read-question.ts'
import { isUnchanged } from './validators.ts'

/** Kept by whoever likes, asked about each time. */
const REVALIDATED = 'no-cache'

export interface DocumentParts {
  readonly shelf: Shelf
  readonly catalog: CatalogList
  /** Runs what nobody needs any more once the asker is gone. */
  readonly run: <T>(reply: FastifyReply, work: (signal: AbortSignal) => Promise<T>) => Promise<T>
}

/** What can be asked about packages: the catalog, the document of a name, search, single records. */
export const addDocumentRoutes = (app: FastifyInstance, { shelf, catalog, run }: DocumentParts): void => {
  const room = new AnswersRoom()
  app.get(ROUTES.catalog.path, async (request, reply) => {
    const { etag, json, gzip } = await catalog.made()
    void reply.header('vary', 'accept-encoding')
    const isZipped = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(request.headers['accept-encoding'] ?? '')
    if (isZipped) void reply.header('content-encoding', 'gzip')
    return send(request, reply, { etag, type: 'application/json', body: isZipped ? gzip : json })
  })
  app.get<{ Params: { name: string } }>(ROUTES.package.path, (request, reply) => {
    const body = Buffer.from(JSON.stringify(packageDocument(shelf, request.params.name)))
    room.take(reply.raw, body.length)
    return send(request, reply, { etag: etagOf(body), type: 'application/json', body })
  })
  app.get(ROUTES.search.path, async (request, reply) => {
    const query = readSearch(request.query)
    const { records, ...answer } = await run(reply, (signal) => shelf.search(query, signal))
    const body = Buffer.from(JSON.stringify({ ...answer, records: records.map(base64) }))
    room.take(reply.raw, body.length)
    return reply.type('application/json').send(body)
  })
  app.get<{ Params: { id: string } }>(ROUTES.op.path, (request, reply) => {
    const body = Buffer.from(recordOf(shelf, request.params.id))
    return send(request, reply, { etag: etagOf(body), type: 'application/octet-stream', body })
  })
}

const packageDocument = (shelf: Shelf, name: string): PackageDocument => {
  const named = shelf.named(parsePackageName(name))
  if (named === undefined) throw new GgenError('package-not-found', `nobody here publishes ${name}`)
  const { records, packages, left } = named
  return {
    name,
    records: records.map(base64),
    packages: packages.map(({ identity, versions }) => ({ identity, versions: [...versions] })),
    ...(left > 0 && { left }),
  }
}

const recordOf = (shelf: Shelf, id: string): Uint8Array => {
  const envelope = isOpId(id) ? shelf.op(id as OpId) : undefined
  if (envelope === undefined) throw new GgenError('package-not-found', 'there is no such record here', { hint: 'ids look like bafyrei…' })
  return envelope
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const etagOf = (body: Uint8Array): string => `"${createHash('sha256').update(body).digest('base64url')}"`

interface Document {
  readonly etag: string
  readonly type: string
  readonly body: Uint8Array
}

const send = (request: FastifyRequest, reply: FastifyReply, { etag, type, body }: Document): FastifyReply => {
  void reply.header('etag', etag).header('cache-control', REVALIDATED)
  if (isUnchanged(request.headers['if-none-match'], etag)) return reply.removeHeader('content-encoding').status(304).send()
  return reply.type(type).send(body)
}
