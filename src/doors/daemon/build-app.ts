import type { RequestListener, Server } from 'node:http'
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify'
import { type Events, GgenError, LIMITS, type OpId, type TrustReport } from '#core'
import {
  type ApprovedReply, type FetchReply, type HealthReply, type LimitsReply, type PackageReply, type PeerReply, type PinReply, type PinsReply, type PlanReply,
  type ReceiptReply, type ReplicationReply, ROUTES, type SaidReply, type SearchReply, type SourcesReply, type StagedListReply, type StagedReply,
  type StatusReply, type TakenSetting, type TakenSettingsReply, type TrustedNameReply, type TrustReply, type UnpinReply,
} from '#doors/control'
import { codeError, NO_SCHEMAS, type Works } from '#doors/http'
import type { PreparedPublish, Marketplace } from '#marketplace'
import { addAccessRoutes } from './access-routes.ts'
import { addBundleRoutes } from './bundle-routes.ts'
import type { BundleView } from './bundle-view.ts'
import { addCacheRoutes } from './cache-routes.ts'
import { addFollowingRoutes } from './following-routes.ts'
import type { LimitsView } from './limits-view.ts'
import type { NetworkView, PeerView } from './network-view.ts'
import { addNpmRoutes } from './npm-routes.ts'
import type { NpmView } from './npm-view.ts'
import { readPlanQuestion } from './plan-question.ts'
import { readQuestion } from './questions.ts'
import { streamBlob } from './stream-blob.ts'
import { streamEvents } from './stream-events.ts'
import { streamFetch } from './stream-fetch.ts'
import { streamNews } from './stream-news.ts'

/** What the routes answer from. */
export interface ControlSources {
  readonly marketplace: Marketplace
  readonly network: NetworkView
  readonly limits: LimitsView
  /** Absent: there is no npm door. */
  readonly npm?: NpmView
  /** Absent: no bundles are made or taken. */
  readonly bundles?: BundleView
  readonly events: Events
  /** What the node was configured with; absent: nothing is told of it. */
  readonly settings?: readonly TakenSetting[]
  /** Of this program. */
  readonly version: string
  readonly uptimeSeconds: () => number
  /** Called after the answer to `stop` is sent. Must not throw. */
  readonly stop: () => void
}

const EVENT_STREAM = 'text/event-stream'

type PrepareBody = Extract<PreparedPublish, { state: 'published' }> | (Omit<Extract<PreparedPublish, { state: 'unsigned' }>, 'payload'> & { payload: string })

const peerReply = (view: PeerView, score: number | undefined): PeerReply => ({
  peerId: view.peer,
  ...(view.address !== undefined && { address: view.address }),
  direction: view.direction,
  ...(view.latencyMs !== undefined && { latencyMs: view.latencyMs }),
  ...(score !== undefined && { score }),
  since: view.since,
  protocols: view.protocols,
})

const limitsReply = (limits: LimitsView): LimitsReply => ({ limits: limits.limits(), rates: limits.rates() })

const statusReply = async ({ marketplace, network, limits, uptimeSeconds }: ControlSources): Promise<StatusReply> => {
  const { packages, releases, blobs, catalogue, freshness, evidence, catching, pendingDeliveries } = await marketplace.status()
  const { providerRecords, topics, peersMet } = network.stats()
  const counts = { peers: network.peers().length, peersMet, packages, releases, blobs, catalogue, providerRecords }
  const state = { freshness, evidence, ...(catching !== undefined && { catching }), ...(pendingDeliveries !== undefined && { pendingDeliveries }) }
  return { peerId: network.self, uptimeSeconds: uptimeSeconds(), ...counts, topics, ...state, ...limitsReply(limits) }
}

const prepareBody = (prepared: PreparedPublish): PrepareBody =>
  prepared.state === 'published' ? prepared : { ...prepared, payload: Buffer.from(prepared.payload).toString('base64') }

const addNodeRoutes = (app: FastifyInstance, sources: ControlSources, works: Works): void => {
  const { marketplace, network, limits, events, version, stop } = sources
  app.get(ROUTES.health, (): HealthReply => ({ status: 'ready', version, pid: process.pid, peerId: network.self, addresses: network.addresses() }))
  app.get(ROUTES.status, () => statusReply(sources))
  app.get(ROUTES.settings, (): TakenSettingsReply => ({ settings: sources.settings ?? [] }))
  app.get(ROUTES.peers, (): readonly PeerReply[] => network.peers().map((view) => peerReply(view, marketplace.peerScore(view.peer))))
  app.get(ROUTES.limits, () => limitsReply(limits))
  app.put(ROUTES.limits, (request): Promise<LimitsReply> => {
    const question = readQuestion.limits(request.body)
    return works.runToTheEnd(async () => {
      await ('reset' in question ? limits.reset() : limits.change(question))
      return limitsReply(limits)
    })
  })
  app.get(ROUTES.events, (_request, reply) => works.run(reply.raw, (signal) => streamEvents(events, reply, signal)))
  app.post(ROUTES.stop, (request, reply) => {
    readQuestion.nothing(request.body)
    reply.raw.once('close', stop)
    return { stopping: true }
  })
}

const addPackageRoutes = (app: FastifyInstance, { marketplace, events }: ControlSources, works: Works): void => {
  app.post(ROUTES.search, (request, reply): Promise<SearchReply> => {
    const query = readQuestion.search(request.body)
    return works.run(reply.raw, (signal) => marketplace.search(query, signal))
  })
  app.get(ROUTES.watch, (request, reply) => {
    const wish = readQuestion.watch(request.query)
    return works.run(reply.raw, (signal) => streamNews(marketplace.watch(wish, signal), reply, signal))
  })
  app.post(ROUTES.info, (request, reply): Promise<PackageReply | SourcesReply> => {
    const { spec, wantsSources, registries } = readQuestion.info(request.body)
    return works.run(reply.raw, (signal) => (wantsSources ? marketplace.sources(spec, signal, registries) : marketplace.info(spec, signal, registries)))
  })
  app.post(ROUTES.plan, { bodyLimit: LIMITS.planBodyBytes }, (request, reply): Promise<PlanReply> => {
    const question = readPlanQuestion(request.body)
    return works.run(reply.raw, (signal) => marketplace.plan(question, signal))
  })
  app.post(ROUTES.fetch, (request, reply): Promise<FetchReply | undefined> => {
    const question = readQuestion.fetch(request.body)
    if (request.headers.accept !== EVENT_STREAM) return works.run(reply.raw, (signal) => marketplace.fetch(question, signal))
    return works.run(reply.raw, async (signal) => {
      const failure = await streamFetch((onProgress) => marketplace.fetch(question, signal, onProgress), reply)
      if (failure !== undefined) report(failure, `POST ${ROUTES.fetch}`, events)
      return undefined
    })
  })
  app.get<{ Params: { digest: string } }>(`${ROUTES.blobs}/:digest`, (request, reply) => {
    const digest = readQuestion.digest(request.params.digest)
    return works.run(reply.raw, async (signal) => {
      const cut = await streamBlob(marketplace.read(digest, signal), reply, signal)
      if (cut !== undefined) events.emit({ type: 'task-failed', task: `GET ${ROUTES.blobs}`, code: cut.code, message: cut.message })
    })
  })
  app.post(ROUTES.prepare, async (request, reply): Promise<PrepareBody> => {
    const question = readQuestion.prepare(request.body)
    return prepareBody(await works.run(reply.raw, (signal) => marketplace.prepare(question, signal)))
  })
  app.post(ROUTES.commit, (request): Promise<ReceiptReply> => {
    const { intent, signatures } = readQuestion.commit(request.body)
    return works.runToTheEnd((signal) => marketplace.commit(intent, signatures, signal))
  })
}

const addSpeakingRoutes = (app: FastifyInstance, { marketplace: { speaking } }: ControlSources, works: Works): void => {
  app.post(ROUTES.prepareStatement, async (request, reply): Promise<{ readonly intent: OpId; readonly payload: string }> => {
    const question = readQuestion.statement(request.body)
    const { intent, payload } = await works.run(reply.raw, (signal) => speaking.prepare(question, signal))
    return { intent, payload: Buffer.from(payload).toString('base64') }
  })
  app.post(ROUTES.commitStatement, (request): Promise<SaidReply> => {
    const { intent, signatures } = readQuestion.commit(request.body)
    return works.runToTheEnd((signal) => speaking.commit(intent, signatures, signal))
  })
}

const addApprovalRoutes = (app: FastifyInstance, { marketplace: { speaking } }: ControlSources, works: Works): void => {
  app.post(ROUTES.chain, async (request, reply): Promise<{ readonly chain: readonly string[] }> => {
    const identity = readQuestion.identity(request.body)
    const chain = await works.run(reply.raw, (signal) => speaking.chainOf(identity, signal))
    return { chain: chain.map((envelope) => Buffer.from(envelope).toString('base64')) }
  })
  app.post(ROUTES.staged, async (request): Promise<StagedListReply> => ({ staged: await speaking.staged(readQuestion.identity(request.body)) }))
  app.post(ROUTES.prepareApproval, async (request, reply): Promise<StagedReply & { readonly payload: string }> => {
    const question = readQuestion.approval(request.body)
    const { payload, ...staged } = await works.run(reply.raw, (signal) => speaking.prepareApproval(question, signal))
    return { ...staged, payload: Buffer.from(payload).toString('base64') }
  })
  app.post(ROUTES.approve, (request): Promise<ApprovedReply> => {
    const { op, signatures } = readQuestion.approve(request.body)
    return works.runToTheEnd((signal) => speaking.approve(op, signatures, signal))
  })
}

const addTrustRoutes = (app: FastifyInstance, { marketplace: { trusting } }: ControlSources, works: Works): void => {
  app.get(ROUTES.trust, async (): Promise<TrustReply> => ({ names: await trusting.names() }))
  app.post(ROUTES.trustAdd, (request): Promise<TrustedNameReply> => {
    const { name, identity } = readQuestion.trusted(request.body)
    return works.runToTheEnd(() => trusting.add(name, identity))
  })
  app.post(ROUTES.trustRemove, (request): Promise<TrustedNameReply> => {
    const name = readQuestion.name(request.body)
    return works.runToTheEnd(() => trusting.remove(name))
  })
  app.post(ROUTES.trustWhy, (request, reply): Promise<TrustReport> => {
    const name = readQuestion.name(request.body)
    return works.run(reply.raw, (signal) => trusting.why(name, signal))
  })
}

const addKeepingRoutes = (app: FastifyInstance, { marketplace: { keeping } }: ControlSources, works: Works): void => {
  app.post(ROUTES.replicate, (request, reply): Promise<ReplicationReply> => {
    const { spec, ...wish } = readQuestion.replicate(request.body)
    return works.run(reply.raw, (signal) => keeping.replicate(spec, wish, signal))
  })
  app.get(ROUTES.pins, async (): Promise<PinsReply> => ({ pins: await keeping.pins() }))
  app.post(ROUTES.pin, (request, reply): Promise<PinReply> => {
    const spec = readQuestion.spec(request.body)
    return works.run(reply.raw, (signal) => keeping.pin(spec, signal))
  })
  app.post(ROUTES.unpin, async (request): Promise<UnpinReply> => {
    const spec = readQuestion.spec(request.body)
    return { unpinned: await works.runToTheEnd(() => keeping.unpin(spec)) }
  })
}

/** Defects belong into the node's log, whatever the asker does with the answer. */
const report = (error: unknown, task: string, events: Events): void => {
  const { code, message } = codeError(error)
  if (code === 'internal') events.emit({ type: 'task-failed', task, code, message })
}

const sendError = (error: unknown, reply: FastifyReply): void => {
  const coded = codeError(error)
  void reply.status(coded.kind.httpStatus).send({ error: coded })
}

/** The routes of the control protocol as an HTTP application, not yet listening. `makeServer` gets its request listener. */
export const buildApp = async (sources: ControlSources, works: Works, makeServer: (listener: RequestListener) => Server): Promise<Server> => {
  const app = fastify({
    serverFactory: (listener) => makeServer(listener),
    schemaController: NO_SCHEMAS,
    bodyLimit: LIMITS.controlBodyBytes,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    exposeHeadRoutes: false,
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => sendError(error, reply as unknown as FastifyReply),
  })
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error, request, reply) => {
    report(error, `${request.method} ${request.routeOptions.url ?? ''}`, sources.events)
    sendError(error, reply)
  })
  app.setNotFoundHandler((request, reply) => sendError(new GgenError('usage', `there is no ${request.method} ${request.url.slice(0, 100)}`), reply))
  addNodeRoutes(app, sources, works)
  addAccessRoutes(app, sources.network, works)
  addPackageRoutes(app, sources, works)
  addSpeakingRoutes(app, sources, works)
  addApprovalRoutes(app, sources, works)
  addTrustRoutes(app, sources, works)
  addFollowingRoutes(app, sources.marketplace.following, works)
  addKeepingRoutes(app, sources, works)
  addNpmRoutes(app, sources.npm, works)
  addBundleRoutes(app, sources.bundles, works)
  addCacheRoutes(app, sources.marketplace.keeping, works)
  await app.ready()
  return app.server
}
