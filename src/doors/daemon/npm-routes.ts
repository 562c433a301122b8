import type { FastifyInstance } from 'fastify'
import { GgenError } from '#core'
import {
  type NpmAddressesReply, type NpmBroughtReply, type NpmProbeReply, type NpmReply, type NpmServedReply, type NpmUploadsReply, ROUTES,
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
}
