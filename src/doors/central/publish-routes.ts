import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CENTRAL_LIMITS, type Events, toGgenError } from '#core'
import type { Works } from '#doors/http'
import type { Shelf, Taken } from '#marketplace'
import { AtMost } from './at-most.ts'
import type { Guard } from './guard.ts'
import type { Metrics } from './metrics.ts'
import { ROUTES } from './protocol.ts'
import { readPublish } from './read-question.ts'
import { grantOf, type RegistryToken, type RegistryTokens } from './registry-tokens.ts'
import { watchPace } from './watch-pace.ts'

export interface PublishParts {
  readonly shelf: Shelf
  readonly guard: Guard
  readonly tokens: RegistryTokens
  readonly metrics: Metrics
  readonly works: Works
  readonly events: Events
  /** Other nodes that have to hold what is published before anybody is told that it is. */
  readonly replicas: number
}

/** Records that publishers hand in. */
export const addPublishRoutes = (app: FastifyInstance, parts: PublishParts): void => {
  const { shelf, guard, metrics, works, replicas } = parts
  const turns = new AtMost({ running: CENTRAL_LIMITS.publishes, waiting: CENTRAL_LIMITS.waitingPublishes })
  const authorised = new WeakMap<FastifyRequest, RegistryToken>()
  const take = (token: RegistryToken, envelopes: readonly Uint8Array[]): Promise<Taken> =>
    works.runToTheEnd((signal) => turns.run(() => shelf.take(envelopes, grantOf(token, replicas), signal), signal))
  app.post(ROUTES.publish.path, {
    bodyLimit: CENTRAL_LIMITS.publishBodyBytes,
    onRequest: async (request, reply) => {
      authorised.set(request, await guard.authorise(request, reply))
      // Until all of the body is here.
      const pace = watchPace(request.raw.socket)
      for (const over of ['end', 'close']) request.raw.once(over, () => pace[Symbol.dispose]())
    },
  }, async (request) => {
    const token = authorised.get(request) as RegistryToken
    const envelopes = readPublish(request.body)
    try {
      const { accepted, known } = await take(token, envelopes)
      metrics.took('accepted', accepted.length)
      metrics.took('known', known.length)
      await noteUse(parts, token)
      return { accepted, known }
    } catch (error) {
      metrics.took('refused', envelopes.length)
      throw error
    }
  })
}

/** What was stored stands, whether the use of the token could be written down or not. */
const noteUse = async ({ tokens, events }: PublishParts, token: RegistryToken): Promise<void> => {
  try {
    await tokens.noteUse(token)
  } catch (error) {
    const { code, message } = toGgenError(error)
    events.emit({ type: 'task-failed', task: `last use of token ${token.id}`, code, message })
  }
}
