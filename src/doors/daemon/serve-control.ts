import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { type Events, GgenError } from '#core'
import type { Registry } from '#registry'
import { claimSocket } from './claim-socket.ts'
import type { LimitsView } from './limits-view.ts'
import type { NetworkView } from './network-view.ts'
import { brokenRequestAnswer } from './reply-error.ts'
import { Works } from './works.ts'

/** What the control door needs. */
export interface ControlOptions {
  readonly registry: Registry
  readonly network: NetworkView
  readonly limits: LimitsView
  readonly events: Events
  readonly socketPath: string
  /** Of this program. */
  readonly version: string
  /** Called once somebody asked the node to stop, after the answer is sent. Must not throw. */
  readonly stop: () => void
  /** Aborts the work under way; disposing closes the door. */
  readonly signal: AbortSignal
}

/** An import statement would read every export of node:http, and one of them loads a WebSocket client, which stays in memory. */
const { createServer } = process.getBuiltinModule('node:http')

const CONNECTIONS = 128
const HEADERS_BYTES = 16 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
const FLUSH_MS = 1000

const makeServer = (listener: RequestListener): Server => {
  const server = createServer({ maxHeaderSize: HEADERS_BYTES, requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS }, listener)
  server.maxConnections = CONNECTIONS
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(brokenRequestAnswer())
    else socket.destroy()
  })
  return server
}

const nodeStops = (): GgenError => new GgenError('cancelled', 'the node stops')

/** Waits for work that must end, sends what is left to send for a second, and closes. Removes the socket file. */
const close = async (server: Server, works: Works): Promise<void> => {
  const closed = once(server, 'close')
  server.close()
  works.stop(nodeStops())
  await works.settle()
  const cut = setTimeout(() => server.closeAllConnections(), FLUSH_MS)
  setImmediate(() => server.closeIdleConnections())
  await closed
  clearTimeout(cut)
}

/**
 * Opens the control door: the whole control protocol on one unix socket that only this user can reach. A client that goes away
 * aborts its work, except a commit; disposing aborts all work but commits and waits for it.
 * Throws `daemon-already-running`, `home-insecure` or `store-broken`.
 */
export const serveControl = async (options: ControlOptions): Promise<AsyncDisposable> => {
  const { registry, network, limits, events, version, stop, signal } = options
  signal.throwIfAborted()
  const startedAt = performance.now()
  const works = new Works()
  const { buildApp } = await import('./build-app.ts')
  const uptimeSeconds = (): number => Math.floor((performance.now() - startedAt) / 1000)
  const server = await buildApp({ registry, network, limits, events, version, stop, uptimeSeconds }, works, makeServer)
  await claimSocket(server, options.socketPath)
  const stopWorks = (): void => works.stop(nodeStops())
  signal.addEventListener('abort', stopWorks)
  let closing: Promise<void> | undefined
  return {
    [Symbol.asyncDispose]: () => {
      signal.removeEventListener('abort', stopWorks)
      return (closing ??= close(server, works))
    },
  }
}
