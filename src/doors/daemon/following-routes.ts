import type { FastifyInstance } from 'fastify'
import { type BlockedListReply, type BlockedReply, type FollowedListReply, type FollowedReply, ROUTES } from '#doors/control'
import type { Following } from '#marketplace'
import { readQuestion } from './questions.ts'
import type { Works } from '#doors/http'

/** The routes by which users say whose word on others counts, and what they block themselves. */
export const addFollowingRoutes = (app: FastifyInstance, following: Following, works: Works): void => {
  app.get(ROUTES.followed, async (): Promise<FollowedListReply> => ({ followed: await following.followed() }))
  app.post(ROUTES.follow, (request): Promise<FollowedReply> => {
    const identity = readQuestion.publisher(request.body)
    return works.runToTheEnd(() => following.follow(identity))
  })
  app.post(ROUTES.unfollow, (request): Promise<FollowedReply> => {
    const identity = readQuestion.publisher(request.body)
    return works.runToTheEnd(() => following.unfollow(identity))
  })
  app.get(ROUTES.blocked, async (): Promise<BlockedListReply> => ({ blocked: await following.blocked() }))
  app.post(ROUTES.block, (request): Promise<BlockedReply> => {
    const { identity, subject } = readQuestion.block(request.body)
    return works.runToTheEnd(() => following.block(identity, subject))
  })
  app.post(ROUTES.unblock, (request): Promise<BlockedReply> => {
    const { identity, name } = readQuestion.unblock(request.body)
    return works.runToTheEnd(() => following.unblock(identity, name))
  })
}
