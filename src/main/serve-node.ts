import { type Config, VERSION } from '#config'
import type { Multiaddr, PeerId } from '#core'
import { serveControl } from '#doors/daemon'
import { type NodeOptions, openNode } from '#node'
import { npmPlace } from './npm-place.ts'
import { systemClock } from '#node/system'
import { IdleWatch } from './idle-watch.ts'
import { openBundles } from './open-bundles.ts'
import { openNpmDoor } from './open-npm-door.ts'

/** A node that answers on its control socket. Disposing stops it in the reverse order of its start. */
export interface ServedNode extends AsyncDisposable {
  readonly peerId: PeerId
  readonly addresses: readonly Multiaddr[]
  /** Where it is asked over HTTP, if it is a registry. */
  readonly url?: string
}

export interface ServeOptions extends NodeOptions {
  /** Is called when a client asks the node to stop. */
  readonly stop: () => void
}

/** A node and the doors to it. Throws what opening either throws. */
export const serveNode = async (config: Config, { stop, ...options }: ServeOptions): Promise<ServedNode> => {
  await using opened = new AsyncDisposableStack()
  const { events, signal } = options
  const node = opened.use(await openNode(config, { ...options, npm: npmPlace() }))
  const { network, marketplace, limits } = node
  const door = await openNpmDoor({ config, node, events })
  const { settings, socketPath } = config
  const { idleExitMs: idleMs } = config
  const idle = idleMs === undefined ? undefined : opened.use(new IdleWatch({ clock: systemClock, idleMs, stop }))
  const control = opened.use(await serveControl({
    marketplace, network, limits, settings, events, socketPath, version: VERSION, stop, signal,
    ...(idle !== undefined && { attend: (listener) => idle.attend(listener) }),
    ...(door !== undefined && { tcp: door.tcp }),
    ...(door?.view !== undefined && { npm: door.view }),
    ...(node.depot !== undefined && { bundles: openBundles({ config, node, depot: node.depot }) }),
  }))
  if (control.tcpPort !== undefined) door?.openedAt(control.tcpPort)
  const running = opened.move()
  return { peerId: network.self, addresses: network.addresses(), [Symbol.asyncDispose]: () => running.disposeAsync() }
}
