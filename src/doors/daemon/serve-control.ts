import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { type Events, GgenError } from '#core'
import type { TakenSetting } from '#doors/control'
import { brokenRequestAnswer, refuse, Works } from '#doors/http'
import { claimSocket } from '#doors/socket'
import type { Marketplace } from '#marketplace'
import type { BundleView } from './bundle-view.ts'
import { claimLoopback } from './claim-loopback.ts'
import { openControlToken } from './control-token.ts'
import { refusalOf, type RequestHead } from './guard.ts'
import type { LimitsView } from './limits-view.ts'
import type { NetworkView } from './network-view.ts'
import type { NpmView } from './npm-view.ts'

/** What the control door needs. */
export interface ControlOptions {
  readonly marketplace: Marketplace
  readonly network: NetworkView
  readonly limits: LimitsView
  /** Absent: there is no npm door. */
  readonly npm?: NpmView
  /** Absent: no bundles are made or taken. */
  readonly bundles?: BundleView
  /** Is put before everything that is asked; absent: nothing is. */
  readonly attend?: (listener: RequestListener) => RequestListener
  readonly events: Events
  /** What the node was configured with; absent: nothing is told of it. */
  readonly settings?: readonly TakenSetting[]
  readonly socketPath: string
  /** A port on this machine besides. */
  readonly tcp?: TcpOptions
  /** Of this program. */
  readonly version: string
  /** Called once somebody asked the node to stop, after the answer is sent. Must not throw. */
  readonly stop: () => void
  /** Aborts the work under way; disposing closes the door. */
  readonly signal: AbortSignal
}

/** What is answered over a port of this machine, which every program on it can reach. */
export interface TcpOptions {
  /** 0: any free one. */
  readonly port: number
  /** Any free one will do where that one is taken. */
  readonly mayMove?: boolean
  /** A socket that listens already, which the program was started with. */
  readonly inherited?: number
  /** The control API is there, too, for programs that know the token in this file. */
  readonly tokenPath?: string
  /** Other doors, and the paths that each answers for. */
  readonly doors?: readonly { readonly answersFor: (path: string) => boolean; readonly open: (works: Works) => RequestListener }[]
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

/** Lets in whoever may come in; everybody else gets a refusal, and nothing of the request is read. `token`: absent for the socket. */
const guarded = (listener: RequestListener, token?: string): RequestListener => (request, response) => {
  const refusal = refusalOf(headOf(request), token === undefined ? undefined : { port: request.socket.localPort ?? 0, token })
  if (refusal === undefined) listener(request, response)
  else refuse(refusal, response)
}

const headOf = ({ method = '', headersDistinct }: IncomingMessage): RequestHead => ({ method, headers: headersDistinct })

const nodeStops = (): GgenError => new GgenError('cancelled', 'the node stops')

/** Waits for work that must end, sends what is left to send for a second, and closes. Removes the socket file. */
const close = async (servers: readonly Server[], works: Works): Promise<void> => {
  const closed = servers.map((server) => once(server, 'close'))
  for (const server of servers) server.close()
  works.stop(nodeStops())
  await works.settle()
  const cut = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), FLUSH_MS)
  setImmediate(() => servers.forEach((server) => server.closeIdleConnections()))
  await Promise.all(closed)
  clearTimeout(cut)
}

const alreadyRunning = (socketPath: string): GgenError =>
  new GgenError('daemon-already-running', `a node is already running here (it listens on ${socketPath})`)

type LoopbackOptions = TcpOptions & Required<Pick<ControlOptions, 'attend'>>

const openLoopback = async (listener: RequestListener, options: LoopbackOptions, works: Works): Promise<readonly Server[]> => {
  const { tokenPath, doors = [] } = options
  const control = tokenPath === undefined ? nothingHere : guarded(listener, await openControlToken(tokenPath))
  const opened = doors.map(({ answersFor, open }) => ({ answersFor, answer: open(works) }))
  const answer: RequestListener = (request, response) => (opened.find(({ answersFor }) => answersFor(request.url ?? ''))?.answer ?? control)(request, response)
  return await claimLoopback(() => makeServer(options.attend(answer)), options)
}

const nothingHere: RequestListener = (_request, response) => refuse(new GgenError('path-not-found', 'there is nothing here'), response)

/** An open control door. */
export interface ControlDoor extends AsyncDisposable {
  /** Where programs reach it besides the socket. */
  readonly tcpPort?: number
}

/**
 * Opens the control door: the whole control protocol on one unix socket that only this user can reach and, where that is wanted, on a TCP port of this
 * machine for whoever knows the token. A client that goes away aborts its work, except a commit; disposing aborts all work but commits and waits for it.
 * Throws `daemon-already-running`, `home-insecure`, `port-in-use`, `config-invalid`, `disk-full` or `store-broken`.
 */
export const serveControl = async (options: ControlOptions): Promise<ControlDoor> => {
  const { marketplace, network, limits, npm, bundles, settings = [], events, version, stop, signal, attend = (listener) => listener } = options
  signal.throwIfAborted()
  const startedAt = performance.now()
  const works = new Works()
  const { buildApp } = await import('./build-app.ts')
  const uptimeSeconds = (): number => Math.floor((performance.now() - startedAt) / 1000)
  const routes = Promise.withResolvers<RequestListener>()
  const sources = { marketplace, network, limits, settings, events, version, stop, uptimeSeconds, ...(npm && { npm }), ...(bundles && { bundles }) }
  const server = await buildApp(sources, works, (listener) => {
    routes.resolve(listener)
    return makeServer(attend(guarded(listener)))
  })
  const loopback = options.tcp === undefined ? [] : await openLoopback(await routes.promise, { ...options.tcp, attend }, works)
  try {
    await claimSocket(server, options.socketPath, () => alreadyRunning(options.socketPath))
  } catch (error) {
    for (const one of loopback) one.close()
    throw error
  }
  const stopWorks = (): void => works.stop(nodeStops())
  signal.addEventListener('abort', stopWorks)
  let closing: Promise<void> | undefined
  const address = loopback[0]?.address()
  return {
    ...(typeof address === 'object' && address !== null && { tcpPort: address.port }),
    [Symbol.asyncDispose]: () => {
      signal.removeEventListener('abort', stopWorks)
      return (closing ??= close([server, ...loopback], works))
    },
  }
}
