import { readFile } from 'node:fs/promises'
import { type Config, VERSION } from '#config'
import { GgenError } from '#core'
import { readProxies, serveCentral } from '#doors/central'
import type { RegistryRequest } from '#doors/cli'
import { serveControl } from '#doors/daemon'
import { openNode } from '#node'
import { systemClock } from '#node/system'
import { openTokens } from './open-tokens.ts'
import type { ServedNode, ServeOptions } from './serve-node.ts'

/** A registry that publishers and installers can ask over HTTP, and a node behind it. Throws what opening any of it throws. */
export const serveRegistry = async (config: Config, request: RegistryRequest, { stop, ...options }: ServeOptions): Promise<ServedNode> => {
  await using opened = new AsyncDisposableStack()
  const { events, signal } = options
  const isProxy = readProxies(request.proxies)
  const tls = request.tls && { cert: await readPem(request.tls.certPath), key: await readPem(request.tls.keyPath) }
  const node = opened.use(await openNode(config, { ...options, takesPromises: true, alone: !request.joinsNetwork }))
  const { network, marketplace, limits, shelf } = node
  if (shelf === undefined) throw new GgenError('internal', 'a node that takes promises has a shelf')
  const tcp = config.controlPort === undefined ? {} : { tcp: { port: config.controlPort, tokenPath: config.controlTokenPath } }
  const { settings, socketPath } = config
  opened.use(await serveControl({ marketplace, network, limits, settings, events, socketPath, ...tcp, version: VERSION, stop, signal }))
  const door = opened.use(await serveCentral({
    shelf, events, signal, isProxy, version: VERSION, tokens: openTokens(config.tokensPath), clock: systemClock, peerId: network.self, listen: request.listen,
    replicas: request.replicas,
    ...(request.publicUrl !== undefined && { publicUrl: request.publicUrl }),
    ...(tls !== undefined && { tls }),
  }))
  const running = opened.move()
  return { peerId: network.self, addresses: network.addresses(), url: door.url, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

const readPem = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path)
  } catch (error) {
    throw new GgenError('path-not-found', `${path} cannot be read`, { cause: error, hint: 'give the paths of two PEM files' })
  }
}
