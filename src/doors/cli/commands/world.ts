import type { Digest, GgenEvent, IdentityId, Multiaddr, PackageName, PeerId, PublicKey, Version } from '#core'
import type { Config, Environment } from '#config'
import type { FetchReply } from '#doors/control'

/** Everything outside the terminal program, given to it by the composition root. What is costly is loaded when it is called. */
export interface World {
  /** Of this program. */
  readonly version: string
  readonly stdout: Output
  readonly stderr: Output
  readonly environment: () => Environment
  /** Aborts when the user or the system wants the program to end. */
  readonly interrupted: AbortSignal
  /** What starts this program again: an executable, its options, the launcher file. */
  readonly launcher: readonly [executable: string, ...args: string[]]
  /** Runs a node until its signal aborts or somebody stops it; resolves after it has ended cleanly. */
  readonly startNode: (config: Config, hooks: NodeHooks) => Promise<void>
  /** Reads the identity of a home folder, or makes one. Throws `key-missing`, `home-insecure`, `disk-full` or `store-broken`. */
  readonly openIdentity: (home: string) => Promise<OpenedIdentity>
  /** Verifies an archive once more and makes files of it; resolves to the absolute path of the package. */
  readonly install: (archive: ArrivingArchive) => Promise<string>
  /** The packages that `ggen.lock` in a folder names; none when there is no such file. Throws `lock-invalid`. */
  readonly listInstalled: (folder: string) => Promise<readonly InstalledPackage[]>
  /** Whether a process exists. */
  readonly isAlive: (pid: number) => boolean
}

export interface Output {
  write(text: string): void
  readonly isTTY: boolean
  /** Changes when the window does. */
  readonly columns?: number | undefined
}

export interface NodeHooks {
  /** Aborts when the node should stop. */
  readonly signal: AbortSignal
  /** Called once, when the node can serve. */
  readonly onReady: (ready: NodeReady) => void
  readonly onEvent: (event: GgenEvent) => void
}

/** A node that can serve. */
export interface NodeReady {
  readonly peerId: PeerId
  /** Each with `/p2p/<peerId>`. */
  readonly addresses: readonly Multiaddr[]
  readonly home: string
  readonly pid: number
}

/** Who publishes from this machine. The node never sees it. */
export interface IdentityKeys {
  readonly identity: IdentityId
  /** Envelope of the identity's genesis. */
  readonly genesis: Uint8Array
  /** The release key. */
  readonly publicKey: PublicKey
  /** The release key's signature (64 bytes) of a payload, made over its pre-authentication encoding. */
  sign(payload: Uint8Array): Uint8Array
}

export interface OpenedIdentity {
  readonly keys: IdentityKeys
  /** Only there when the identity was made by this call. */
  readonly recoveryWords?: string
}

export interface ArrivingArchive {
  readonly release: FetchReply
  readonly bytes: AsyncIterable<Uint8Array>
  /** The folder that gets the package, absolute. */
  readonly folder: string
  readonly signal: AbortSignal
}

export interface InstalledPackage {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly path: string
}
