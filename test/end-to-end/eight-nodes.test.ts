import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findPlaces, readEnvironment } from '#config'
import { type ControlClient, controlClient, type StatusReply } from '#doors/control'
import { ggen, type Proxy, type RunningNode, smallPackage, startNode, startProxy, temporaryFolder, until, writeTree } from '#testing'

const NODES = [0, 1, 2, 3, 4, 5, 6, 7]
const HALF = 4
/** Whom each node was told to connect to: two rings with two bridges between them, none of which joins two neighbours that gossip. */
const TARGETS: readonly (readonly number[])[] = [[], [0], [1], [2, 0], [3], [4, 0], [5], [6, 4]]
const isQuiet = (index: number): boolean => index % 2 === 1
const isSouth = (index: number): boolean => index >= HALF
/** Gossip is quicker; whoever has none waits so long for what others say. */
const SYNC_SECONDS = 2

const never = new AbortController().signal

interface Link {
  readonly proxy: Proxy
  readonly from: number
  readonly isBridge: boolean
}

/** Eight processes whose every link goes through a proxy. */
class Cluster implements AsyncDisposable {
  readonly #work: string
  readonly #nodes = new Map<number, RunningNode>()
  #links: Link[] = []
  #isCut = false

  constructor(work: string) {
    this.#work = work
  }

  home(index: number): string {
    return join(this.#work, `node-${index}`)
  }

  async start(index: number): Promise<void> {
    const home = this.home(index)
    await mkdir(home, { recursive: true, mode: 0o700 })
    await writeFile(join(home, 'config.toml'), `[p2p]\ngossip = ${!isQuiet(index)}\nsync_every = ${SYNC_SECONDS}\nbulk_port = false\n`)
    const bootstrap = await Promise.all((TARGETS[index] ?? []).map((target) => this.#link(index, target)))
    this.#nodes.set(index, await startNode({ home, bootstrap }))
  }

  async #link(from: number, target: number): Promise<string> {
    const { addresses: [address = ''], peerId } = this.#node(target)
    const proxy = await startProxy({ to: { port: Number(address.split('/')[4]) } })
    const isBridge = isSouth(from) !== isSouth(target)
    if (isBridge && this.#isCut) proxy.stall()
    this.#links.push({ proxy, from, isBridge })
    return `/ip4/127.0.0.1/tcp/${proxy.port}/p2p/${peerId}`
  }

  #node(index: number): RunningNode {
    const node = this.#nodes.get(index)
    assert(node !== undefined)
    return node
  }

  client(index: number): ControlClient {
    return controlClient(findPlaces({ GGEN_HOME: this.home(index) }, readEnvironment().platform, false).socketPath)
  }

  status(): Promise<StatusReply[]> {
    return Promise.all(NODES.map((index) => this.client(index).status(never)))
  }

  /** Nodes of the north that are connected to nodes of the south. */
  async crossings(): Promise<number> {
    const south = new Set(NODES.filter(isSouth).map((index) => this.#node(index).peerId))
    const peers = await Promise.all(NODES.filter((index) => !isSouth(index)).map((index) => this.client(index).peers(never)))
    return peers.flat().filter(({ peerId }) => south.has(peerId)).length
  }

  /**
   * Parts north and south. The south restarts, with other ports: nodes that have met may know other ways to each other than the bridges, and
   * what they remember must not lead around the cut.
   */
  async part(): Promise<void> {
    this.#isCut = true
    const south = NODES.filter(isSouth)
    await Promise.all(south.map(async (index) => this.#nodes.get(index)?.kill()))
    await Promise.all(this.#links.filter(({ from }) => isSouth(from)).map(({ proxy }) => proxy[Symbol.asyncDispose]()))
    this.#links = this.#links.filter(({ from }) => !isSouth(from))
    for (const index of south) await this.start(index)
  }

  heal(): void {
    this.#isCut = false
    for (const { proxy } of this.#links) proxy.resume()
  }

  async publish(index: number, version: string): Promise<void> {
    const folder = await writeTree(join(this.#work, `package-${index}-${version}`), smallPackage(`pack-${index}`, version, 'made during a partition'))
    const { code, stderr } = await ggen(this.home(index), 'publish', '--no-passphrase', folder, '--json')
    assert.equal(code, 0, stderr)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node[Symbol.asyncDispose]()))
    await Promise.all(this.#links.map(({ proxy }) => proxy[Symbol.asyncDispose]()))
  }
}

const converged = async (cluster: Cluster, ops: number): Promise<void> => {
  await until(`all eight know the same ${ops} ops`, async () => {
    const catalogues = (await cluster.status()).map(({ catalogue }) => catalogue)
    return catalogues.every(({ ops: count, fingerprint }) => count === ops && fingerprint === catalogues[0]?.fingerprint)
  }, 90_000)
}

test('eight processes, half of them without gossip, know the same after each partition in which all of them published', async () => {
  await using work = await temporaryFolder()
  await using cluster = new Cluster(work.path)
  for (const index of NODES.slice(0, HALF)) await cluster.start(index)

  await cluster.part()
  await Promise.all(NODES.map((index) => cluster.publish(index, '1.0.0')))
  assert.equal(await cluster.crossings(), 0)
  const [north, south] = [(await cluster.status()).slice(0, HALF), (await cluster.status()).slice(HALF)]
  for (const { catalogue } of [...north, ...south]) assert(catalogue.ops <= HALF * 2, 'nothing came over the cut')
  cluster.heal()
  await converged(cluster, 16)

  await cluster.part()
  await Promise.all(NODES.map((index) => cluster.publish(index, '1.1.0')))
  assert.equal(await cluster.crossings(), 0)
  for (const { catalogue } of await cluster.status()) assert(catalogue.ops < 24, 'nothing came over the cut')
  cluster.heal()
  await converged(cluster, 24)

  const quiet = cluster.client(7)
  assert.deepEqual((await quiet.status(never)).topics, [])
  const found = await quiet.search({ words: ['partition'] }, never)
  assert.deepEqual(found.results.map(({ name, version }) => `${name}@${version}`).sort(), NODES.map((index) => `pack-${index}@1.1.0`))
})
