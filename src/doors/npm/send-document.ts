import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Depot } from '#depot'
import { isNpmVersion, type NpmName } from '#npm'
import { clientOf, keepsToItsRegistry } from './client-of.ts'
import { type Conversation, sendJson } from './send.ts'

const inflate = promisify(gunzip)
const ABBREVIATED = 'application/vnd.npm.install-v1+json'

export interface DocumentRequest {
  readonly depot: Depot
  readonly name: NpmName
  /** Address of this registry, with a slash at its end. */
  readonly base: string
}

const listed = (header: string | undefined, token: string): boolean =>
  (header ?? '').split(',').some((part) => part.trim().split(';')[0]?.trim().toLowerCase() === token)

/** Sends the document of a package, in the form and the encoding that the client takes. */
export const sendDocument = async ({ request, response, signal }: Conversation, { depot, name, base }: DocumentRequest): Promise<void> => {
  const { headers, method } = request
  const isAbbreviated = (headers.accept ?? '').includes(ABBREVIATED)
  const encodings = headers['accept-encoding']
  const document = await depot.document(name, {
    isAbbreviated,
    // What is published to the network is at no registry.
    tarballsAt: keepsToItsRegistry(clientOf(headers['user-agent'])) && !depot.isOfNetwork(name) ? 'upstream' : { base },
    wantsNews: /\bno-cache\b/.test(headers['cache-control'] ?? ''),
    acceptsBrotli: listed(encodings, 'br'),
  }, signal)
  const { etag, modifiedAt, ageMs, freshMs, stale } = document
  const head = {
    etag,
    vary: 'accept, accept-encoding, user-agent',
    // A client that asked a moment ago need not ask again; for how long it may believe it, the node decides.
    'cache-control': stale === undefined ? `public, max-age=${Math.max(0, Math.floor((freshMs - ageMs) / 1000))}` : 'public, max-age=0',
    age: String(Math.floor(ageMs / 1000)),
    ...(modifiedAt !== undefined && { 'last-modified': new Date(modifiedAt).toUTCString() }),
    ...(stale !== undefined && { warning: `110 ggen ${JSON.stringify(plain(stale))}` }),
  }
  if (isUnchanged(headers, { etag, modifiedAt })) {
    response.writeHead(304, head).end()
    return
  }
  const type = isAbbreviated ? ABBREVIATED : 'application/json'
  const isPacked = document.encoding === 'br' || listed(encodings, 'gzip') || listed(encodings, '*')
  const bytes = isPacked ? document.bytes : await inflate(document.bytes)
  response.writeHead(200, { ...head, 'content-type': type, 'content-length': bytes.length, ...(isPacked && { 'content-encoding': document.encoding }) })
  response.end(method === 'HEAD' ? undefined : bytes)
}

const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?')

type Validators = { readonly etag: string; readonly modifiedAt: number | undefined }

const isUnchanged = (headers: IncomingMessage['headers'], { etag, modifiedAt }: Validators): boolean => {
  const known = headers['if-none-match']
  if (known !== undefined) return known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return modifiedAt !== undefined && Number.isFinite(since) && Math.floor(modifiedAt / 1000) * 1000 <= since
}

/** Sends what a document says of one version, or of the one that a tag names. */
export const sendManifest = async (
  response: ServerResponse, { depot, name, base, version }: DocumentRequest & { readonly version: string }, signal: AbortSignal,
): Promise<void> => {
  const wish = { isAbbreviated: false, tarballsAt: { base }, wantsNews: false, acceptsBrotli: false, anyAge: isNpmVersion(version) }
  const document = await depot.document(name, wish, signal)
  const parsed = JSON.parse((await inflate(document.bytes)).toString('utf8')) as {
    readonly versions?: Readonly<Record<string, unknown>>; readonly 'dist-tags'?: Readonly<Record<string, string>>
  }
  const { versions = {}, 'dist-tags': tags = {} } = parsed
  const chosen = Object.hasOwn(tags, version) ? tags[version] ?? version : version
  if (Object.hasOwn(versions, chosen)) sendJson(response, versions[chosen])
  else sendJson(response, { error: `version not found: ${version}` }, { status: 404 })
}
