import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { CENTRAL_LIMITS, type Clock, type Events, GgenError, type PeerId } from '#core'
import { brokenRequestAnswer, Works } from '#doors/http'
import type { Shelf } from '#marketplace'
import { askerOf } from './asker-of.ts'
import { buildCentral } from './build-central.ts'
import { CatalogList } from './catalog-list.ts'
import { Metrics } from './metrics.ts'
import type { RegistryTokens } from './registry-tokens.ts'

/** Where a registry listens. */
export interface ListenPlace {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

export interface CentralOptions {
  readonly shelf: Shelf
  readonly tokens: RegistryTokens
  readonly clock: Clock
  readonly events: Events
  readonly peerId: PeerId
  /** Of this program. */
  readonly version: string
  readonly listen: ListenPlace
  /** Where others reach it; absent: where it listens. */
  readonly publicUrl?: string
  /** PEM; absent: HTTPS is left to whatever stands in front. */
  readonly tls?: { readonly cert: Uint8Array; readonly key: Uint8Array }
  readonly replicas: number
  readonly isProxy: (address: string) => boolean
  /** Aborts the work under way; disposing closes the door. */
  readonly signal: AbortSignal
}

/** A registry that can be asked. */
export interface CentralDoor extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly url: string
}

/**
 * Opens the door for whoever speaks HTTP. Disposing lets publishes under way end, sends for a moment what is left to send, and closes. Throws `port-in-use`
 * and `config-invalid`.
 */
export const serveCentral = async (options: CentralOptions): Promise<CentralDoor> => {
  const { shelf, clock, events, signal, isProxy } = options
  signal.throwIfAborted()
  await using opened = new AsyncDisposableStack()
  const works = new Works()
  const late: { catalog?: CatalogList } = {}
  const metrics = new Metrics({ shelf, listed: () => late.catalog?.size ?? 0 })
  const claimed = await claim(options, { metrics, isProxy })
  opened.defer(() => void claimed.server.close())
  const url = addressOf(claimed.server, options)
  const catalog = opened.use(new CatalogList({ shelf, clock, events, publicUrl: options.publicUrl ?? url }))
  late.catalog = catalog
  const state = { stopping: false }
  const sources = { ...options, catalog, works, metrics, isStopping: () => state.stopping }
  await buildCentral(sources, (listener) => claimed.answer(listener))
  const stop = (): void => {
    state.stopping = true
    works.stop(new GgenError('daemon-not-running', 'the registry stops', { hint: 'ask another one, or try again in a moment' }))
  }
  signal.addEventListener('abort', stop, { once: true })
  let closing: Promise<void> | undefined
  const running = opened.move()
  return {
    url,
    [Symbol.asyncDispose]: () => {
      signal.removeEventListener('abort', stop)
      stop()
      return (closing ??= close(claimed.server, works).then(() => running.disposeAsync()))
    },
  }
}

interface Claimed {
  readonly server: Server
  /** From now on this is who answers. */
  readonly answer: (listener: RequestListener) => Server
}

/** Listens first: the address is part of what is answered. Until somebody answers, requests wait. */
const claim = async ({ listen, tls }: CentralOptions, watching: Watching): Promise<Claimed> => {
  const { promise, resolve } = Promise.withResolvers<RequestListener>()
  const first: RequestListener = (request, response) => void promise.then((listener) => listener(request, response))
  const server = await makeServer(first, tls)
  limit(server, watching)
  try {
    const listening = once(server, 'listening')
    server.listen(listen)
    await listening
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new GgenError(code === 'EADDRINUSE' ? 'port-in-use' : 'config-invalid', `cannot listen on ${listen.host}:${listen.port} (${code})`, {
      cause: error, hint: 'choose another place with --listen HOST:PORT',
    })
  }
  return {
    server,
    answer: (listener) => {
      resolve(listener)
      server.off('request', first)
      server.on('request', listener)
      return server
    },
  }
}

const makeServer = async (listener: RequestListener, tls: CentralOptions['tls']): Promise<Server> => {
  const settings = {
    maxHeaderSize: CENTRAL_LIMITS.headersBytes,
    headersTimeout: CENTRAL_LIMITS.headersMs,
    handshakeTimeout: CENTRAL_LIMITS.headersMs,
    connectionsCheckingInterval: CENTRAL_LIMITS.lateEveryMs,
    // Bodies may take longer; who sends too slowly is cut by its pace.
    requestTimeout: 0,
    keepAliveTimeout: CENTRAL_LIMITS.idleMs,
  }
  // An import of it would bring in a second HTTP client: 12 MB and 100 ms.
  if (tls === undefined) return process.getBuiltinModule('node:http').createServer(settings, listener)
  try {
    return (await import('node:https')).createServer({ ...settings, cert: Buffer.from(tls.cert), key: Buffer.from(tls.key) }, listener)
  } catch (error) {
    throw new GgenError('config-invalid', 'the certificate or its key cannot be used', { cause: error, hint: 'give PEM files that belong together' })
  }
}

interface Watching {
  readonly metrics: Metrics
  readonly isProxy: (address: string) => boolean
}

/** So many connections in all, and so many of one address that is no proxy of ours. */
const limit = (server: Server, { metrics, isProxy }: Watching): void => {
  const open = new Map<string, number>()
  server.maxConnections = CENTRAL_LIMITS.connections
  server.timeout = CENTRAL_LIMITS.idleMs
  server.on('drop', () => metrics.limited('connections'))
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const asker = askerOf(address)
    const count = (open.get(asker) ?? 0) + 1
    if (count > CENTRAL_LIMITS.connectionsPerAddress && !isProxy(address)) {
      metrics.limited('connections')
      socket.destroy()
      return
    }
    open.set(asker, count)
    socket.once('close', () => {
      const left = (open.get(asker) ?? 1) - 1
      if (left === 0) open.delete(asker)
      else open.set(asker, left)
    })
  })
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(brokenRequestAnswer())
    else socket.destroy()
  })
}

const ANY_HOST: readonly string[] = ['0.0.0.0', '::']

const addressOf = (server: Server, { listen, tls }: CentralOptions): string => {
  const { port } = server.address() as AddressInfo
  const host = ANY_HOST.includes(listen.host) ? 'localhost' : listen.host
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const close = async (server: Server, works: Works): Promise<void> => {
  const closed = once(server, 'close')
  server.close()
  await works.settle()
  const cut = setTimeout(() => server.closeAllConnections(), CENTRAL_LIMITS.flushMs)
  setImmediate(() => server.closeIdleConnections())
  await closed
  clearTimeout(cut)
}
