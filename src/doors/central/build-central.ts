import type { RequestListener, Server } from 'node:http'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { CENTRAL_LIMITS, type Clock, type Events, GgenError, type PeerId } from '#core'
import { codeError, NO_SCHEMAS, type Works } from '#doors/http'
import type { Shelf } from '#marketplace'
import { addBlobRoutes } from './blob-routes.ts'
import type { CatalogList } from './catalog-list.ts'
import { addDocumentRoutes } from './document-routes.ts'
import { Guard } from './guard.ts'
import type { Metrics } from './metrics.ts'
import { openApiDocument } from './open-api.ts'
import { ROUTES } from './protocol.ts'
import { addPublishRoutes } from './publish-routes.ts'
import type { RegistryTokens } from './registry-tokens.ts'
import { watchPace } from './watch-pace.ts'

/** What the routes answer from. */
export interface CentralSources {
  readonly shelf: Shelf
  readonly catalog: CatalogList
  readonly tokens: RegistryTokens
  readonly clock: Clock
  readonly events: Events
  readonly works: Works
  readonly metrics: Metrics
  readonly peerId: PeerId
  /** Of this program. */
  readonly version: string
  /** Other nodes that have to hold what is published before anybody is told that it is. */
  readonly replicas: number
  /** Whether an address is one of our own proxies, which says for whom it asks. */
  readonly isProxy: (address: string) => boolean
  /** Whether no new work is taken any more. */
  readonly isStopping: () => boolean
}

const NO_STORE = 'no-store'

/** The routes of docs/protocol/central.md as an HTTP application, not yet listening. `makeServer` gets its request listener. */
export const buildCentral = async (sources: CentralSources, makeServer: (listener: RequestListener) => Server): Promise<Server> => {
  const { shelf, catalog, works, metrics, isProxy } = sources
  const app = fastify({
    serverFactory: (listener) => makeServer(listener),
    schemaController: NO_SCHEMAS,
    bodyLimit: CENTRAL_LIMITS.publishBodyBytes,
    routerOptions: { maxParamLength: 1024 },
    trustProxy: (address) => isProxy(address),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    exposeHeadRoutes: false,
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => sendError(error, request as unknown as FastifyRequest, reply as unknown as FastifyReply),
  })
  app.setErrorHandler((error, request, reply) => {
    report(error, request, sources.events)
    sendError(error, request, reply)
  })
  app.setNotFoundHandler((request, reply) =>
    sendError(new GgenError('usage', `there is no ${request.method} ${request.url.slice(0, 100)}`, { hint: 'see GET /openapi.json' }), request, reply))
  count(app, metrics)
  paceAnswers(app)
  const guard = new Guard(sources)
  guard.watch(app)
  const run = <T>(reply: FastifyReply, work: (signal: AbortSignal) => Promise<T>): Promise<T> => works.run(reply.raw, work)
  addStateRoutes(app, sources)
  addDocumentRoutes(app, { shelf, catalog, run })
  addBlobRoutes(app, { shelf, guard, metrics, run })
  addPublishRoutes(app, { ...sources, guard })
  await app.ready()
  return app.server
}

const addStateRoutes = (app: FastifyInstance, { shelf, metrics, version, peerId, isStopping }: CentralSources): void => {
  const description = openApiDocument(version)
  app.get(ROUTES.health.path, (_request, reply) => reply.header('cache-control', NO_STORE).send({ status: 'ready', version, peerId, ...shelf.summary() }))
  app.get(ROUTES.ready.path, (_request, reply) => {
    void reply.header('cache-control', NO_STORE)
    return isStopping() ? reply.status(503).header('retry-after', 1).send({ status: 'stopping' }) : reply.send({ status: 'ready' })
  })
  app.get(ROUTES.metrics.path, async (_request, reply) => reply.header('cache-control', NO_STORE).type(metrics.contentType).send(await metrics.text()))
  app.get(ROUTES.openApi.path, (_request, reply) => reply.header('cache-control', 'no-cache').send(description))
}

const count = (app: FastifyInstance, metrics: Metrics): void => {
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000)
  })
}

/** Who sends a body where none is wanted is not listened to any longer than he is answered, and who takes a large answer has to take it. */
const paceAnswers = (app: FastifyInstance): void => {
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (hasBody && method !== 'PUT' && method !== 'POST') void reply.header('connection', 'close')
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (!(payload instanceof Uint8Array) || payload.length < CENTRAL_LIMITS.paceBytes) return
    const pace = watchPace(request.raw.socket)
    reply.raw.once('close', () => pace[Symbol.dispose]())
  })
}

/** Defects belong into the log, whatever the asker does with the answer. */
const report = (error: unknown, request: FastifyRequest, events: Events): void => {
  const { code, message } = codeError(error)
  if (code === 'internal') events.emit({ type: 'task-failed', task: `${request.method} ${request.routeOptions.url ?? ''}`, code, message })
}

const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  const coded = codeError(error)
  // What is left of the body is not waited for.
  if (request.method === 'PUT' || request.method === 'POST') void reply.header('connection', 'close')
  const { httpStatus } = coded.kind
  if ((httpStatus === 429 || httpStatus === 503) && !reply.hasHeader('retry-after')) void reply.header('retry-after', 1)
  for (const header of ['etag', 'content-range', 'accept-ranges', 'content-length', 'content-encoding']) void reply.removeHeader(header)
  void reply.header('cache-control', NO_STORE).type('application/json').status(httpStatus).send({ error: coded })
}
