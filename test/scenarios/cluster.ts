import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpId } from '#core'
import { type ControlClient, controlClient, type StatusReply } from '#doors/control'
import { type NodeOptions, type RunningNode, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'
import { publishTo, testIdentity } from '../faults/publish.ts'

export const never: AbortSignal = new AbortController().signal

const CONVERGENCE_MS = 120_000

/** A node as a process of its own, and what talks to it as the terminal does. */
export interface Member {
  readonly node: RunningNode
  readonly client: ControlClient
}

export interface MemberOptions extends Omit<NodeOptions, 'home'> {
  /** What its `config.toml` says. */
  readonly config?: string
}

/** Nodes of one scenario, each with a home folder of its own. */
export class Cluster implements AsyncDisposable {
  readonly #folder: string
  readonly #owned: AsyncDisposableStack
  readonly members: Member[] = []

  private constructor(folder: string, owned: AsyncDisposableStack) {
    this.#folder = folder
    this.#owned = owned
  }

  static async open(): Promise<Cluster> {
    const owned = new AsyncDisposableStack()
    const { path } = owned.use(await temporaryFolder())
    return new Cluster(path, owned)
  }

  /** A place in the folder of the scenario. */
  path(name: string): string {
    return join(this.#folder, name)
  }

  async start(name: string, { config, ...options }: MemberOptions = {}): Promise<Member> {
    const home = this.path(name)
    if (config !== undefined) {
      await mkdir(home, { recursive: true, mode: 0o700 })
      await writeFile(join(home, 'config.toml'), config)
    }
    const node = this.#owned.use(await startNode({ ...options, home }))
    const member = { node, client: controlClient(join(home, 'ggen.sock')) }
    this.members.push(member)
    return member
  }

  /** Publishes a small package on a node, signed by a publisher that a seed names; resolves when the node has acknowledged it. */
  async publish({ node }: Member, publisher: string, { name, version = '1.0.0', description = 'made for a scenario' }: PackageWords): Promise<OpId> {
    const source = await writeTree(this.path(`source-${name}-${version}`), smallPackage(name, version, description))
    return await publishTo(join(node.home, 'ggen.sock'), testIdentity(publisher), source)
  }

  status(): Promise<readonly StatusReply[]> {
    return Promise.all(this.members.map(({ client }) => client.status(never)))
  }

  /** Resolves when every node, or each of some, knows so many releases and all know the same. */
  async converged(releases: number, members: readonly Member[] = this.members): Promise<void> {
    await until(`every node knows ${releases} releases`, async () => {
      const all = await Promise.all(members.map(({ client }) => client.status(never)))
      return all.every((one) => one.releases === releases && one.catalogue.fingerprint === all[0]?.catalogue.fingerprint)
    }, CONVERGENCE_MS)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync()
  }
}

interface PackageWords {
  readonly name: string
  readonly version?: string
  readonly description?: string
}

/** Resolves when both see each other. */
export const met = async (one: Member, other: Member): Promise<void> => {
  await until('two nodes see each other', async () => (await sees(one, other)) && (await sees(other, one)))
}

export const sees = async ({ client }: Member, { node }: Member): Promise<boolean> =>
  (await client.peers(never)).some(({ peerId }) => peerId === node.peerId)
