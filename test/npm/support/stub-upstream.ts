import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { ALICE_TOKEN, StubAccounts } from './stub-accounts.ts'
import { type StubAdvisory, type StubAnswer, unauthorized } from './stub-answer.ts'
import { answer } from './stub-answers.ts'
import { failEarly, type FaultKind, spoilBody, StubFaults } from './stub-faults.ts'
import { StubLine } from './stub-line.ts'
import { splitPath } from './stub-package-answers.ts'
import { type ShelfOptions, StubShelf } from './stub-shelf.ts'

/** A request as it came, and what became of it. */
export interface StubRequest {
  readonly method: string
  /** As it was sent, with the query. */
  readonly url: string
  /** Decoded, without the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** 0 until there is an answer, and where there never was one. */
  status: number
  /** Bytes of the body that were sent. */
  sentBytes: number
}

export interface StubOptions extends ShelfOptions {
  readonly port?: number
  /** Of every request. */
  readonly latencyMs?: number
  /** All answers share it; absent: no limit. */
  readonly bytesPerSecond?: number
  /** Scopes that nobody sees without a token, e.g. `@private`. */
  readonly privateScopes?: readonly string[]
  /** What `dist.tarball` begins with, as of a registry that is reached under another name; ends in `/`. Absent: as it was asked. */
  readonly tarballBase?: string
  readonly advisories?: Readonly<Record<string, readonly StubAdvisory[]>>
}

/** A registry that tests put upstream: a real server on loopback, with everything that clients ask of one, and everything that can go wrong. */
export class StubUpstream implements AsyncDisposable {
  readonly shelf: StubShelf
  readonly accounts = new StubAccounts()
  readonly faults = new StubFaults()
  readonly line: StubLine
  /** Everything that was asked, in order. */
  readonly requests: StubRequest[] = []
  readonly port: number
  /** Ends in `/`. */
  readonly url: string
  /** Of a user who may do everything. */
  readonly token = ALICE_TOKEN
  readonly #options: StubOptions
  #server: Server

  private constructor(server: Server, options: StubOptions) {
    this.#server = server
    this.#options = options
    this.shelf = new StubShelf(options)
    this.line = new StubLine(options)
    this.port = (server.address() as AddressInfo).port
    this.url = `http://127.0.0.1:${this.port}/`
    this.#listen()
  }

  static async start(options: StubOptions = {}): Promise<StubUpstream> {
    return new StubUpstream(await listening(options.port ?? 0), options)
  }

  /** Requests for paths that fit. */
  asked(path: RegExp, method?: string): readonly StubRequest[] {
    return this.requests.filter((request) => path.test(request.path) && (method ?? request.method) === request.method)
  }

  /** Bytes of all bodies that were sent. */
  get sentBytes(): number {
    return this.requests.reduce((sum, request) => sum + request.sentBytes, 0)
  }

  forgetRequests(): void {
    this.requests.length = 0
  }

  /** Packs and writes all it has. */
  async warmUp(): Promise<void> {
    await this.shelf.warmUp(this.#options.tarballBase ?? this.url)
  }

  /** Gone: connections break, and nobody listens at its port any more. */
  async goOff(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => void this.#server.close(resolve))
  }

  /** Back at the same port. */
  async goOn(): Promise<void> {
    this.#server = await listening(this.port)
    this.#listen()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.goOff()
  }

  #listen(): void {
    this.#server.keepAliveTimeout = 60_000
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#hear(request, response))
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    const path = decodeURIComponent(url.split('?', 1)[0] ?? '/')
    const record: StubRequest = { method, url, path, headers, status: 0, sentBytes: 0 }
    this.requests.push(record)
    try {
      const [body] = await Promise.all([readBody(request), this.line.arrive()])
      const fault = this.faults.take(method, path)
      if (await failEarly(fault, request, response)) return void (record.status = response.statusCode)
      await this.#send(record, await this.#answer(record, body), { response, fault })
    } catch (error) {
      // A client that has gone is nothing to answer; everything else is a mistake of the stub, and shown as one.
      if (response.headersSent || request.socket.destroyed) return void response.destroy()
      response.writeHead(500, { 'content-type': 'text/plain' }).end(error instanceof Error ? error.stack : String(error))
    }
  }

  async #answer({ method, url, path, headers }: StubRequest, body: unknown): Promise<StubAnswer> {
    const user = this.accounts.userOf(headers.authorization)
    const { privateScopes = [], advisories = {}, tarballBase = this.url } = this.#options
    if (user === undefined && privateScopes.includes(splitPath(path).name.split('/')[0] ?? '')) return unauthorized()
    const query = new URL(url, this.url).searchParams
    return await answer({ method, path, query, headers, body, user, shelf: this.shelf, accounts: this.accounts, advisories, tarballBase, self: this.url })
  }

  async #send(record: StubRequest, { status, headers = {}, body, document }: StubAnswer, { response, fault }: Outcome): Promise<void> {
    const ready = document === undefined ? { status, headers, body: body ?? new Uint8Array() } : negotiated(record.headers, { status, headers, document })
    record.status = ready.status
    response.writeHead(ready.status, { ...ready.headers, ...(ready.status !== 304 && { 'content-length': String(ready.body.length) }) })
    if (record.method === 'HEAD' || ready.status === 304) return void response.end()
    const spoilt = spoilBody(fault, ready.body)
    record.sentBytes = await this.line.send(response, spoilt.body)
    if (spoilt.after === 'end') response.end()
    else if (spoilt.after === 'break') response.socket?.end(() => response.destroy())
  }
}

interface Outcome {
  readonly response: ServerResponse
  readonly fault: FaultKind | undefined
}

type Ready = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }

/** A document as the client accepts it, or 304 where it says that it has it. */
const negotiated = (asked: IncomingHttpHeaders, { status, headers, document }: Required<Omit<StubAnswer, 'body'>>): Ready => {
  const all = { ...headers, 'content-type': document.contentType, 'etag': document.etag, 'last-modified': document.lastModified }
  const known = asked['if-none-match']
  const isKnown = known === undefined ? asked['if-modified-since'] === document.lastModified : known.includes(document.etag)
  if (isKnown) return { status: 304, headers: all, body: new Uint8Array() }
  if (!/\bgzip\b/.test(String(asked['accept-encoding'] ?? ''))) return { status, headers: all, body: document.plain }
  return { status, headers: { ...all, 'content-encoding': 'gzip' }, body: document.gzipped }
}

const listening = async (port: number): Promise<Server> => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const sent = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
  if (sent.length === 0) return undefined
  const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  return JSON.parse(plain.toString()) as unknown
}
