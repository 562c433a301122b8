import type { FastifyInstance } from 'fastify'
import { type AllowedReply, type BanReply, type BansReply, type ConnectedReply, type DisallowReply, ROUTES, type UnbanReply } from '#doors/control'
import type { Works } from '#doors/http'
import type { NetworkView } from './network-view.ts'
import { readQuestion } from './questions.ts'

/** The routes by which users say whom to connect to, who is banned and who is always welcome. */
export const addAccessRoutes = (app: FastifyInstance, network: Pick<NetworkView, 'access' | 'dial'>, works: Works): void => {
  const { access } = network
  app.post(ROUTES.connect, async (request, reply): Promise<ConnectedReply> => {
    const address = readQuestion.address(request.body)
    return { peer: await works.run(reply.raw, (signal) => network.dial(address, signal)), address }
  })
  app.get(ROUTES.bans, (): BansReply => ({ bans: access.bans(), allowed: access.allowed() }))
  app.post(ROUTES.ban, (request): BanReply => {
    const { subject, ...decree } = readQuestion.ban(request.body)
    return access.ban(subject, decree)
  })
  app.post(ROUTES.unban, (request): UnbanReply => {
    const unbanned = readQuestion.subject(request.body)
    access.unban(unbanned)
    return { unbanned }
  })
  app.post(ROUTES.allow, (request): AllowedReply => access.allow(readQuestion.peer(request.body)))
  app.post(ROUTES.disallow, (request): DisallowReply => {
    const disallowed = readQuestion.peer(request.body)
    access.disallow(disallowed)
    return { disallowed }
  })
}
