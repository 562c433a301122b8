import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ERRORS, GgenError, parseDigest, parseIdentityId, parsePackageName, toGgenError } from '#core'
import type { Records, Registry } from '#registry'
import { blobNotFound, type BlobStore } from '#store'
import { envelopeId } from '#trust'

/** Does something else than answering; false: answers as ever. */
export type Mischief = (request: IncomingMessage, response: ServerResponse) => boolean

export interface RegistryServerOptions {
  /** What it answers from, and where that keeps its bytes. */
  readonly registry: Registry
  readonly blobs: BlobStore
  /** Demanded of whoever publishes. */
  readonly token?: string
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly port?: number
}

/** The smallest server that speaks the protocol of a central registry, for tests of clients. */
export class RegistryServer implements AsyncDisposable {
  readonly url: string
  /** Method and path of everything that was asked. */
  readonly asked: string[] = []
  /** What it does to requests until it is told otherwise. */
  mischief: Mischief | undefined
  readonly #server: Server
  readonly #options: RegistryServerOptions

  private constructor(server: Server, options: RegistryServerOptions) {
    this.#server = server
    this.#options = options
    const { port } = server.address() as AddressInfo
    this.url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  }

  static async start(options: RegistryServerOptions): Promise<RegistryServer> {
    const late: { started?: RegistryServer } = {}
    const listener = (request: IncomingMessage, response: ServerResponse): void => void late.started?.hear(request, response)
    const server = options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, listener)
    await new Promise<void>((resolve) => void server.listen(options.port ?? 0, '127.0.0.1', resolve))
    late.started = new RegistryServer(server, options)
    return late.started
  }

  async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(`${request.method} ${request.url}`)
    if (this.mischief?.(request, response) === true) return
    try {
      await this.#answer(request, response)
    } catch (error) {
      if (response.headersSent) return void response.destroy()
      const failure = toGgenError(error)
      send(response, ERRORS[failure.code].httpStatus, { error: failure.toJSON() })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => void this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { registry } = this.#options
    const { signal } = new AbortController()
    const url = new URL(request.url ?? '/', 'http://server')
    const [, subject, last = ''] = url.pathname.slice(1).split('/')
    if (subject === 'health') return send(response, 200, { status: 'ready', version: '0', peerId: undefined, ...(await registry.status(signal)) })
    if (subject === 'packages') {
      const name = parsePackageName(decodeURIComponent(last))
      const records = await registry.find(name, signal)
      if (records.envelopes.length === 0) throw new GgenError('package-not-found', `no package named ${name} is here`)
      return sendRecords(request, response, records)
    }
    if (subject === 'search') return sendRecords(request, response, await registry.search(queryOf(url.searchParams), signal))
    if (subject === 'blobs' && request.method === 'PUT') return await this.#upload(request, response, last)
    if (subject === 'blobs') return await this.#blob(request, response, last)
    if (subject === 'ops') return await this.#publish(request, response)
    throw new GgenError('usage', `there is no ${url.pathname}`)
  }

  async #blob(request: IncomingMessage, response: ServerResponse, text: string): Promise<void> {
    const { blobs } = this.#options
    const digest = parseDigest(text)
    const sizeBytes = await blobs.size(digest)
    if (sizeBytes === undefined) throw blobNotFound(digest)
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    const [offset, end] = asked === null ? [0, sizeBytes] : [Number(asked[1]), Number(asked[2]) + 1]
    const range = asked === null ? {} : { 'content-range': `bytes ${offset}-${end - 1}/${sizeBytes}` }
    response.writeHead(asked === null ? 200 : 206, { 'content-type': 'application/octet-stream', 'content-length': String(end - offset), ...range })
    await pipeline(Readable.from(blobs.stream(digest, { range: { offset, length: end - offset } })), response)
  }

  async #upload(request: IncomingMessage, response: ServerResponse, digest: string): Promise<void> {
    this.#assertToken(request)
    await using writer = await this.#options.blobs.create()
    for await (const chunk of request as AsyncIterable<Buffer>) await writer.append(chunk)
    await writer.seal(parseDigest(digest))
    send(response, 201, { digest, sizeBytes: writer.sizeBytes })
  }

  async #publish(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#assertToken(request)
    const { records } = JSON.parse(Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()) as { records: string[] }
    const envelopes = records.map((record) => Uint8Array.from(Buffer.from(record, 'base64')))
    const { signal } = new AbortController()
    await this.#options.registry.publish({ envelopes, blobs: [], read: ({ digest }) => this.#options.blobs.stream(digest) }, signal)
    send(response, 200, { accepted: envelopes.map((envelope) => envelopeId(envelope)), known: [] })
  }

  #assertToken({ headers }: IncomingMessage): void {
    const { token } = this.#options
    if (token !== undefined && headers.authorization !== `Bearer ${token}`) throw new GgenError('token-missing', 'a token is needed')
  }
}

const queryOf = (given: URLSearchParams): Parameters<Registry['search']>[0] => {
  const publisher = given.get('publisher')
  const words = (given.get('q') ?? '').split(' ').filter((word) => word !== '')
  return { words, order: 'relevance', limit: Number(given.get('limit')), ...(publisher !== null && { publisher: parseIdentityId(publisher) }) }
}

const send = (response: ServerResponse, status: number, value: unknown): void =>
  void response.setHeader('content-type', 'application/json').writeHead(status).end(JSON.stringify(value))

const sendRecords = (request: IncomingMessage, response: ServerResponse, { envelopes }: Records): void => {
  const document = { records: envelopes.map((envelope) => Buffer.from(envelope).toString('base64')) }
  const etag = `"${createHash('sha256').update(JSON.stringify(document)).digest('hex')}"`
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
  response.setHeader('etag', etag)
  send(response, 200, document)
}
