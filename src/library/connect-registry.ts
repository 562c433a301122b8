import { resolve } from 'node:path'
import { findPlaces, readEnvironment } from '#config'
import type { GgenEvent } from '#core'
import { type ControlClient, controlClient } from '#doors/control'
import { type BootstrapReport, connectAll } from './connect-all.ts'
import { codedCall, codedStream } from './heed-signal.ts'
import { type P2PEvent, p2pEventsOf } from './p2p-events.ts'
import { type ClientParts, PackageClient } from './package-client.ts'
import type { PackageRegistry } from './package-registry.ts'
import { PublisherKeys } from './publisher-keys.ts'
import type { CallOptions } from './types.ts'

export interface ConnectOptions {
  /** The home folder of the node; absent: the one that `ggen` takes (`GGEN_HOME`, `~/.ggen`, or where the platform keeps data). */
  readonly home?: string
  /** What opens the publisher's keys, and encrypts them when they are made; `false`: they lie in the clear. */
  readonly passphrase?: string | false
  readonly signal?: AbortSignal
}

/** A node of this user that another process runs: `ggen p2p start`, or a program whose registry has a control socket. */
export interface ConnectedRegistry extends PackageRegistry {
  /** The folder of that node. */
  readonly home: string
  /** What happens in that node from now on; leaving the loop and aborting the signal end it, and so does the end of the node. */
  events(options?: CallOptions): AsyncIterable<P2PEvent>
  /** Lets that node connect to these nodes now. Throws as `bootstrap` of a node in this program. */
  bootstrap(nodes: readonly string[], options?: CallOptions): Promise<BootstrapReport>
}

/** A node over its control socket. What peers keep near a digest is nothing that it is asked for: `fetch` finds who holds something by itself. */
class SocketClient extends PackageClient implements ConnectedRegistry {
  readonly home: string
  readonly #client: ControlClient

  constructor(home: string, client: ControlClient, parts: Omit<ClientParts, 'access'>) {
    super({ ...parts, access: async () => client })
    this.home = home
    this.#client = client
  }

  events({ signal }: CallOptions = {}): AsyncIterable<P2PEvent> {
    const left = new AbortController()
    return codedStream(told(this.#client.events(AbortSignal.any([...(signal === undefined ? [] : [signal]), left.signal]))), left)
  }

  async bootstrap(nodes: readonly string[], { signal }: CallOptions = {}): Promise<BootstrapReport> {
    const soon = signal ?? new AbortController().signal
    return await codedCall(async () => await connectAll(nodes, async (address) => (await this.#client.connect(address, soon)).peer, soon))
  }
}

async function* told(events: AsyncIterable<GgenEvent>): AsyncGenerator<P2PEvent, void, undefined> {
  for await (const event of events) yield* p2pEventsOf(event)
}

/**
 * The node that runs in a home folder of this machine. Publishing signs in this process: the node never sees a publisher's key. Throws
 * `daemon-not-running` when there is none; so does every call when it has gone away since.
 */
export const connectRegistry = async ({ home, passphrase, signal }: ConnectOptions = {}): Promise<ConnectedRegistry> =>
  await codedCall(async () => {
    const { env, platform, dotGgen } = readEnvironment()
    const places = findPlaces({ ...env, ...(home !== undefined && { GGEN_HOME: resolve(platform.workingFolder, home) }) }, platform, dotGgen)
    const client = controlClient(places.socketPath)
    const { signal: never } = new AbortController()
    await client.health(signal ?? never)
    const keys = new PublisherKeys({
      open: async () => await (await import('#node/system')).openKeystore(places.home),
      isFleeting: false,
      ...(passphrase !== undefined && { passphrase: passphrase === false ? { kind: 'none' as const } : passphrase }),
    })
    return new SocketClient(places.home, client, { keys, closing: never })
  })
