import type { FastifyInstance } from 'fastify'
import { type CacheCheckReply, type CacheReply, type ClearedReply, ROUTES } from '#doors/control'
import type { Keeping } from '#marketplace'
import { readQuestion } from './questions.ts'
import type { Works } from '#doors/http'

/** The routes by which users look after the disk of a node. */
export const addCacheRoutes = (app: FastifyInstance, keeping: Keeping, works: Works): void => {
  app.get(ROUTES.cache, (): Promise<CacheReply> => keeping.usage())
  app.post(ROUTES.cacheClear, (request, reply): Promise<ClearedReply> => {
    readQuestion.nothing(request.body)
    return works.run(reply.raw, (signal) => keeping.clear(signal))
  })
  app.post(ROUTES.cacheVerify, (request, reply): Promise<CacheCheckReply> => {
    readQuestion.nothing(request.body)
    return works.run(reply.raw, (signal) => keeping.check(signal))
  })
}
