import { join } from 'node:path'
import type { ControlClient } from '#doors/control'
import { installPackage, memoryTarget } from '#flow/install'
import { freePort, type RunningNode, type RunningRegistry, seeded, smallPackage, startNode, startRegistry, temporaryFolder, until, writeTree } from '#testing'
import { publishTo, testIdentity } from '../../test/faults/publish.ts'
import { clientOf } from '../catalogue/control.ts'

/** On the registry and on both peers; one more is for getting warm. */
export const PACKAGES = 100
export const WARM = 'warm-up'
/** On both peers alone. */
export const PEER_PACKAGES = 5
const PACKAGE_BYTES = 30_000
const PATIENCE_MS = 300_000
const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

export const never: AbortSignal = new AbortController().signal

export const nameOf = (index: number): string => `hybrid-${index}`
export const peerNameOf = (index: number): string => `peers-only-${index}`

export interface Install {
  /** `performance.now()`. */
  readonly began: number
  readonly ended: number
  /** How its bytes came; none: it failed. */
  readonly carriers: readonly string[]
}

/** A node that asks whom it is told to, and has nothing yet. */
export interface User extends AsyncDisposable {
  readonly client: ControlClient
  /** From the question to all files of the package, checked and unpacked in memory. Throws what goes wrong. */
  install(name: string): Promise<Install>
}

/** Where the packages are: a registry, which comes and goes, and two peers. */
export class Place implements AsyncDisposable {
  readonly #owned: AsyncDisposableStack
  readonly #path: string
  readonly #listen: string
  readonly #peers: RunningNode[] = []
  #users = 0

  private constructor(owned: AsyncDisposableStack, path: string, listen: string) {
    this.#owned = owned
    this.#path = path
    this.#listen = listen
  }

  static async open(): Promise<Place> {
    await using owned = new AsyncDisposableStack()
    const { path } = owned.use(await temporaryFolder())
    const place = new Place(owned.move(), path, `127.0.0.1:${await freePort()}`)
    try {
      await place.#fill()
    } catch (error) {
      await place[Symbol.asyncDispose]()
      throw error
    }
    return place
  }

  /** Starts the registry where it always is. */
  startRegistry(): Promise<RunningRegistry> {
    return startRegistry(join(this.#path, 'registry'), this.#listen)
  }

  /** A new node; `url`: of the registry that it asks first, `hasPeers`: whether it is connected to both peers. */
  async startUser({ url, hasPeers = true }: { readonly url?: string; readonly hasPeers?: boolean }): Promise<User> {
    const bootstrap = hasPeers ? this.#peers.flatMap(({ addresses }) => addresses) : []
    const env = { ...TRUSTING, ...(url !== undefined && { GGEN_REGISTRY_URL: url }) }
    const node = await startNode({ home: join(this.#path, `user-${(this.#users += 1)}`), bootstrap, more: ['--no-mdns', '--light'], env })
    const client = clientOf(node.home)
    if (hasPeers) await until('both peers are there', async () => (await client.peers(never)).length >= this.#peers.length, PATIENCE_MS)
    return {
      client,
      install: async (name) => {
        const began = performance.now()
        const release = await client.fetch({ spec: name }, never)
        await installPackage({ release, chunks: client.readBlob(release.digest, never) }, memoryTarget(), never)
        return { began, ended: performance.now(), carriers: release.sources.map(({ carrier }) => carrier) }
      },
      [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync()
  }

  /** What one peer publishes goes to the registry as well, and the other one gets it from there or from that peer. */
  async #fill(): Promise<void> {
    await using registry = await this.startRegistry()
    const handing = { ...TRUSTING, GGEN_REGISTRY_URL: registry.url, GGEN_REGISTRY_TOKEN: registry.token }
    const author = await this.#startPeer('author', handing)
    const other = await this.#startPeer('other', TRUSTING)
    const names = [WARM, ...Array.from({ length: PACKAGES }, (_, index) => nameOf(index))]
    await this.#publish(author, 'ada', names)
    const isThere = async (name: string): Promise<boolean> => (await fetch(`${registry.url}/v1/packages/${name}`)).ok
    for (const name of names) await until(`the registry has ${name}`, () => isThere(name), PATIENCE_MS)
    const peerNames = Array.from({ length: PEER_PACKAGES }, (_, index) => peerNameOf(index))
    await this.#publish(other, 'bob', peerNames)
    const copies = [[other, names], [author, peerNames]] as const
    for (const [{ home }, wanted] of copies) for (const name of wanted) await clientOf(home).fetch({ spec: name }, never)
  }

  async #startPeer(name: string, env: NodeJS.ProcessEnv): Promise<RunningNode> {
    const bootstrap = this.#peers.flatMap(({ addresses }) => addresses)
    const node = this.#owned.use(await startNode({ home: join(this.#path, name), bootstrap, env }))
    this.#peers.push(node)
    return node
  }

  async #publish({ home }: RunningNode, publisher: string, names: readonly string[]): Promise<void> {
    const content = seeded(publisher)
    for (const name of names) {
      const source = await writeTree(join(this.#path, 'sources', name), { ...smallPackage(name), 'content.bin': content.bytes(PACKAGE_BYTES) })
      await publishTo(join(home, 'ggen.sock'), testIdentity(publisher), source)
    }
  }
}
