import { resolve } from 'node:path'
import { findPlaces, readEnvironment } from '#config'
import { controlClient } from '#doors/control'
import { codedCall } from './heed-signal.ts'
import { PackageClient } from './package-client.ts'
import type { PackageRegistry } from './package-registry.ts'
import { PublisherKeys } from './publisher-keys.ts'

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
    return Object.assign(new PackageClient({ access: async () => client, keys, closing: never }), { home: places.home })
  })
