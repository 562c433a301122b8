import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The part of a document that a mirror can lie about. */
export interface MirroredVersion {
  readonly version: string
  readonly dist: { integrity: string; tarball: string; signatures?: readonly { readonly keyid: string; readonly sig: string }[] }
}

export interface MirroredDocument {
  readonly name: string
  readonly 'dist-tags': Record<string, string>
  readonly versions: Record<string, MirroredVersion>
}

/** What it says in the place of what it was told; absent: the same. */
export interface Lies {
  readonly document?: (document: MirroredDocument) => MirroredDocument
  /** What it answers to who asks for the keys; `undefined`: 404. */
  readonly keys?: () => object | undefined
  /** Bytes of archives that nobody has. */
  readonly archives?: ReadonlyMap<string, Uint8Array>
}

/** A mirror of an npm registry that is honest until it lies. */
export class LyingMirror implements AsyncDisposable {
  lies: Lies = {}
  readonly #server: Server
  readonly #upstream: string

  private constructor(server: Server, upstream: string) {
    this.#server = server
    this.#upstream = upstream
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  static async start(upstream: string): Promise<LyingMirror> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new LyingMirror(server, upstream)
  }

  /** Ends in `/`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => void this.#server.close(resolve))
  }

  async #answer({ url = '/', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const archive = this.lies.archives?.get(url)
    if (archive !== undefined) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(archive)
    if (url === '/-/npm/v1/keys' && this.lies.keys !== undefined) {
      const said = this.lies.keys()
      return void response.writeHead(said === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(said ?? {}))
    }
    const asked = await fetch(`${this.#upstream}${url.slice(1)}`, { headers: { accept: headers.accept ?? '*/*' } })
    const bytes = Buffer.from(await asked.arrayBuffer())
    const type = asked.headers.get('content-type') ?? 'application/json'
    response.writeHead(asked.status, { 'content-type': type }).end(type.includes('json') && asked.ok ? this.#lied(url, bytes) : bytes)
  }

  #lied(url: string, bytes: Buffer): Buffer | string {
    const said = JSON.parse(bytes.toString().replaceAll(this.#upstream, this.url)) as MirroredDocument & MirroredVersion
    const { document = (same) => same } = this.lies
    if (said.versions !== undefined) return JSON.stringify(document(said))
    if (said.version === undefined) return bytes
    // What it says of one version is what its document says.
    const [name = '', version = ''] = decodeURIComponent(url.slice(1)).split('/')
    const lied = document({ name, 'dist-tags': {}, versions: { [version]: said } })
    return JSON.stringify(lied.versions[version] ?? said)
  }
}
