import type { FastifyInstance } from 'fastify'
import { GgenError, NPM_LIMITS } from '#core'
import {
  type NpmAddressesReply, type NpmBroughtReply, type NpmCopiesReply, type NpmKeptListReply, type NpmKeptReply, type NpmProbeReply, type NpmReply,
  type NpmServedReply, type NpmUnkeptReply, type NpmUploadsReply, ROUTES,
} from '#doors/control'
import type { Works } from '#doors/http'
import type { NpmView } from './npm-view.ts'
import { readQuestion } from './questions.ts'

const here = (npm: NpmView | undefined): NpmView => {
  if (npm !== undefined) return npm
  throw new GgenError('no-npm-door', 'this node answers no package managers')
}

/** The routes by which users learn of the npm door. */
export const addNpmRoutes = (app: FastifyInstance, npm: NpmView | undefined, works: Works): void => {
  app.get(ROUTES.npm, (_request, reply): Promise<NpmReply> => works.run(reply.raw, async () => await here(npm).describe()))
  app.post(ROUTES.npmServed, (request, reply): Promise<NpmServedReply> => {
    const agoMs = readQuestion.agoMs(request.body)
    return works.run(reply.raw, async () => ({ served: await here(npm).servedIn(agoMs) }))
  })
  app.get(ROUTES.npmUploads, (_request, reply): Promise<NpmUploadsReply> => works.run(reply.raw, async () => ({ uploads: await here(npm).uploads() })))
  app.post(ROUTES.npmUploadRemove, (request): Promise<object> => {
    const id = readQuestion.uploadId(request.body)
    return works.runToTheEnd(async () => {
      await here(npm).removeUpload(id)
      return {}
    })
  })
  app.post(ROUTES.npmAddresses, (request, reply): Promise<NpmAddressesReply> => {
    const packages = readQuestion.npmPackages(request.body)
    return works.run(reply.raw, async () => ({ addresses: await here(npm).addressesOf(packages) }))
  })
  app.post(ROUTES.npmBring, (request, reply): Promise<NpmBroughtReply> => {
    const question = readQuestion.npmBring(request.body)
    return works.run(reply.raw, async (signal) => await here(npm).bring(question, signal))
  })
  app.post(ROUTES.npmProbe, (request, reply): Promise<NpmProbeReply> => {
    const spec = readQuestion.npmSpec(request.body)
    return works.run(reply.raw, async (signal) => await here(npm).probe(spec, signal))
  })
  addKeepRoutes(app, npm, works)
}

/** A hash takes 131 characters in JSON. */
const KEEP_BODY = { bodyLimit: 132 * NPM_LIMITS.keptArchives }

const addKeepRoutes = (app: FastifyInstance, npm: NpmView | undefined, works: Works): void => {
  app.post(ROUTES.npmKeep, KEEP_BODY, (request, reply): Promise<NpmKeptReply> => {
    const question = readQuestion.npmKeep(request.body)
    return works.run(reply.raw, async () => await here(npm).keep(question))
  })
  app.post(ROUTES.npmCopies, (request, reply): Promise<NpmCopiesReply> => {
    const question = readQuestion.npmCopies(request.body)
    return works.run(reply.raw, async (signal) => await here(npm).copies(question, signal))
  })
  app.get(ROUTES.npmKept, (_request, reply): Promise<NpmKeptListReply> => works.run(reply.raw, async () => ({ kept: await here(npm).kept() })))
  app.post(ROUTES.npmUnkeep, (request, reply): Promise<NpmUnkeptReply> => {
    const lockfile = readQuestion.npmUnkeep(request.body)
    return works.run(reply.raw, async () => ({ dropped: await here(npm).unkeep(lockfile) }))
  })
}
