import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CENTRAL_LIMITS, type Clock, GgenError } from '#core'
import { askerOf } from './asker-of.ts'
import type { Metrics } from './metrics.ts'
import { RateLimit } from './rate-limits.ts'
import type { RegistryToken, RegistryTokens } from './registry-tokens.ts'

const BEARER = /^Bearer +([A-Za-z0-9_-]{1,256})$/i

export interface GuardParts {
  readonly tokens: RegistryTokens
  readonly clock: Clock
  readonly metrics: Metrics
}

/** Who may ask how often, and who may store. */
export class Guard {
  readonly #parts: GuardParts
  readonly #addresses: RateLimit
  readonly #refusals: RateLimit
  readonly #publishers: RateLimit

  constructor(parts: GuardParts) {
    const { clock } = parts
    this.#parts = parts
    this.#addresses = new RateLimit({ perSecond: CENTRAL_LIMITS.requestsPerSecond, burst: CENTRAL_LIMITS.requestBurst }, clock)
    this.#refusals = new RateLimit({ perSecond: CENTRAL_LIMITS.refusalsPerMinute / 60, burst: CENTRAL_LIMITS.refusalBurst }, clock)
    this.#publishers = new RateLimit({ perSecond: CENTRAL_LIMITS.publishesPerSecond, burst: CENTRAL_LIMITS.publishBurst }, clock)
  }

  /** Looks at every request before anything of its body is read. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      const waitSeconds = this.#addresses.take(askerOf(request.ip))
      if (waitSeconds > 0) throw this.#tooMany(reply, { limit: 'address', waitSeconds })
    })
  }

  /** What the token of a request is good for. Throws `token-missing`, and `too-busy` where it, or an address with wrong ones, comes too often. */
  async authorise(request: FastifyRequest, reply: FastifyReply): Promise<RegistryToken> {
    const asker = askerOf(request.ip)
    const refused = this.#refusals.look(asker)
    if (refused > 0) throw this.#tooMany(reply, { limit: 'refusals', waitSeconds: refused })
    const [, text] = BEARER.exec(request.headers.authorization ?? '') ?? []
    const token = text === undefined ? undefined : await this.#parts.tokens.find(text)
    if (token === undefined) {
      this.#refusals.take(asker)
      void reply.header('www-authenticate', 'Bearer')
      throw new GgenError('token-missing', text === undefined ? 'a token is needed to publish here' : 'this token is unknown, over or revoked', {
        hint: 'ask the operator of the registry for one, and set GGEN_REGISTRY_TOKEN',
      })
    }
    const waitSeconds = this.#publishers.take(token.id)
    if (waitSeconds > 0) throw this.#tooMany(reply, { limit: 'token', waitSeconds })
    return token
  }

  #tooMany(reply: FastifyReply, { limit, waitSeconds }: { readonly limit: 'address' | 'token' | 'refusals'; readonly waitSeconds: number }): GgenError {
    this.#parts.metrics.limited(limit)
    void reply.header('retry-after', waitSeconds)
    return new GgenError('too-busy', 'too many requests', { hint: `wait ${waitSeconds} s`, details: { retryAfterSeconds: waitSeconds } })
  }
}
