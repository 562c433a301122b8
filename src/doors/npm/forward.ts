import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NPM_LIMITS } from '#core'
import type { Source } from '#depot'
import { type Conversation, readBody } from './send.ts'

/** What of a question matters to a registry, and of its answer to a client. Credentials that a client shows are for this door, and stay here. */
const ASKED = ['accept', 'content-type', 'content-encoding'] as const
const ANSWERED = ['content-type', 'etag', 'last-modified', 'cache-control'] as const

/** Hands a question on to a registry as it is, and its answer back. Throws why it does not answer. */
export const forward = async (
  { request, response, signal }: Conversation, { source, path }: { readonly source: Source; readonly path: string },
): Promise<void> => {
  const { method = 'GET', headers } = request
  const body = method === 'GET' || method === 'HEAD' ? undefined : await readBody(request, NPM_LIMITS.bodyBytes)
  const asked = Object.fromEntries(ASKED.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])))
  const answer = await source.ask({
    method: method as 'GET', path, headers: asked,
    ...(body !== undefined && { body: { sizeBytes: body.length, chunks: Readable.from([body], { objectMode: false }) } }),
  }, signal)
  response.writeHead(answer.status, Object.fromEntries(ANSWERED.flatMap((name) => {
    const value = answer.header(name)
    return value === undefined ? [] : [[name, value]]
  })))
  await pipeline(Readable.from(answer.body, { objectMode: false }), response)
}
