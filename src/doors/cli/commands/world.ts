import type { Digest, GgenEvent, IdentityId, Multiaddr, PackageName, PeerId, Version } from '#core'
import type { Config, Environment, Variables } from '#config'
import type { ForeignSource, MirrorStore, PackCopies } from '#foreign'
import type { Keystore } from '#keystore'
import type { Agents } from '#doors/agent'
import type { ListenPlace, RegistryTokens } from '#doors/central'
import type { Machine } from './machine.ts'
import type { Project } from './project.ts'

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
  /** As `startNode`, and answers over HTTP as well. */
  readonly serveRegistry: (config: Config, request: RegistryRequest, hooks: NodeHooks) => Promise<void>
  /** The ticket of the private network that a home is in, by its path. */
  readonly openNetworkFile: (path: string) => Promise<NetworkFile>
  /** Who may publish to a registry, by the file that says so. */
  readonly openTokens: (path: string) => Promise<RegistryTokens>
  /** Only where a person sits at a terminal. */
  readonly ask?: Ask
  /** The keys of a home folder, or of a source that is mirrored from there; opens none of them. Throws `home-insecure`, `disk-full` or `store-broken`. */
  readonly openKeystore: (home: string, mirrored?: string) => Promise<Keystore>
  /** The index at an address of the web or a path; asks nobody yet. What it said is remembered in the home folder. Throws `usage`. */
  readonly openForeign: (home: string, address: string) => Promise<ForeignSource>
  /** Where the packs of a lock of upstream's program may lie: below the folder of the lock, and in `packs`, by their names. Absolute paths. */
  readonly openPacks: (places: { readonly folder: string; readonly packs?: string }) => Promise<PackCopies>
  /** What a home folder remembers of a source that is mirrored from there. Throws `store-broken`. */
  readonly openMirror: (home: string, source: string) => Promise<MirrorStore>
  /** Where agents are that hold an open key. */
  readonly openAgents: () => Promise<Agents>
  /** What is piped into this process. */
  readonly stdin: () => AsyncIterable<Uint8Array>
  /** Reads a file that the user named, up to so many bytes. Throws `path-not-found`, `usage` or `store-broken`. */
  readonly readFile: (path: string, mostBytes: number) => Promise<Uint8Array>
  /** Whether a path is that of a bundle, by its ending or by how it begins. */
  readonly isBundle: (path: string) => Promise<boolean>
  /** Writes a file that only the user may read. Throws `conflict` when something is there, `path-not-found`, `disk-full` or `store-broken`. */
  readonly createFile: (path: string, bytes: Uint8Array) => Promise<void>
  /** A file of settings that other programs read, at an absolute path. Throws `path-not-found` for a link that leads nowhere, and `denied`. */
  readonly openSettingsFile: (path: string) => Promise<SettingsFile>
  /** The project of an absolute folder. */
  readonly openProject: (folder: string) => Promise<Project>
  /** The packages that `ggen.lock` in a folder names; none when there is no such file. Throws `lock-invalid`. */
  readonly listInstalled: (folder: string) => Promise<readonly InstalledPackage[]>
  /** The nearest file of each name, in an absolute folder or one above it; links and what is no text are left out. Throws `denied` or `store-broken`. */
  readonly nearestFiles: (folder: string, names: readonly string[]) => Promise<readonly NearFile[]>
  /** What `ggen doctor` looks at. */
  readonly openMachine: () => Promise<Machine>
  /** Runs a program in this terminal until it ends; resolves to how it ended. Throws `path-not-found`. */
  readonly runCommand: (command: string, args: readonly string[], env: Variables) => Promise<number>
  /** What a program prints on its standard output, without the space around it; `undefined` where it fails, is not there or says too much. */
  readonly askCommand: (
    command: string, args: readonly string[], place: { readonly env: Variables; readonly signal: AbortSignal },
  ) => Promise<string | undefined>
  /** Whether a process exists. */
  readonly isAlive: (pid: number) => boolean
}

/** A text in a project. */
export interface NearFile {
  readonly path: string
  readonly text: string
  /** All of it or nothing. Throws `conflict` where it was changed since it was read, `denied`, `disk-full` or `store-broken`. */
  readonly replace: (text: string) => Promise<void>
}

/** A file that nobody else may read. Every method throws `home-insecure` when others can, `store-broken`, and `conflict` when another command came between. */
export interface NetworkFile {
  readonly read: () => Promise<Uint8Array | undefined>
  readonly create: (bytes: Uint8Array) => Promise<void>
  readonly replace: (before: Uint8Array, after: Uint8Array) => Promise<void>
  readonly erase: (before: Uint8Array) => Promise<void>
}

/** A file of settings that another program reads. Every method throws `denied` and `store-broken`. */
export interface SettingsFile {
  /** Where it is, links followed. */
  readonly path: string
  /** `undefined`: there is none. Throws `config-invalid` for what is no such file. */
  readonly read: () => Promise<Uint8Array | undefined>
  /** In one step, with the rights that it had, or `mode` of a new one; removes it where nothing is to be there. Throws `conflict` and `disk-full`. */
  readonly replace: (change: { readonly before: Uint8Array | undefined; readonly after: Uint8Array | undefined; readonly mode: number }) => Promise<void>
}

export interface Output {
  write(text: string): void
  readonly isTTY: boolean
  /** Changes when the window does. */
  readonly columns?: number | undefined
}

/** Asks the person at the terminal for one line. Throws `cancelled` for Ctrl-C, what the signal says, and `usage` for a line that is none. */
export interface Ask {
  /** What is typed can be seen. */
  visible(question: string, signal: AbortSignal): Promise<string>
  /** Nothing shows on the screen. */
  hidden(question: string, signal: AbortSignal): Promise<string>
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
  /** Where it is asked over HTTP, if it is a registry. */
  readonly url?: string
}

/** A registry to be, beside the configuration of its node. */
export interface RegistryRequest {
  readonly listen: ListenPlace
  /** Where others reach it; absent: where it listens. */
  readonly publicUrl?: string
  /** Other nodes that have to hold what is published before a publisher is told that it is. */
  readonly replicas: number
  /** Addresses and prefixes of those that say for whom they ask. */
  readonly proxies: readonly string[]
  readonly tls?: { readonly certPath: string; readonly keyPath: string }
  readonly joinsNetwork: boolean
}

export interface InstalledPackage {
  readonly name: PackageName
  readonly version: Version
  /** Who signed it. */
  readonly identity?: IdentityId
  /** The index of an upstream that vouches for it, where nobody signed it. */
  readonly source?: string
  readonly digest: Digest
  readonly path: string
}
