import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IdentityId, OpId } from '#core'
import type { ControlClient, SignatureQuestion } from '#doors/control'
import { type RunningNode, seeded, smallPackage, startNode, until, writeTree } from '#testing'
import { createIdentity, type KeyPair, keyPairFromSeed, signingBytes, signPayload } from '#trust'
import { clientOf } from './control.ts'

const NEIGHBOURS = 3
const never = new AbortController().signal

interface Author {
  readonly identity: IdentityId
  readonly genesis: Uint8Array
  readonly key: KeyPair
}

/** A release that waits for its signature at a node. */
export interface Ready {
  readonly node: number
  readonly intent: OpId
  readonly name: string
  readonly signature: SignatureQuestion
  /** As it is going to travel. */
  readonly envelope: Uint8Array
}

const authorOf = (node: number): Author => {
  const { identity, genesis, release } = createIdentity(seeded(`author ${node}`), Math.floor(Date.now() / 1000))
  return { identity, genesis, key: keyPairFromSeed(release) }
}

/** Nodes in processes of their own, each of which was told of three others. */
export class Swarm implements AsyncDisposable {
  readonly #work: string
  readonly #nodes: RunningNode[] = []
  readonly clients: ControlClient[] = []
  readonly #authors: Author[] = []
  /** When an op was seen, by node and name: milliseconds of this process's monotonic clock. */
  readonly seen: Map<string, number>[] = []
  readonly #leave = new AbortController()

  private constructor(work: string) {
    this.#work = work
  }

  /** `config` goes into every node's `config.toml`. */
  static async start(work: string, count: number, config = ''): Promise<Swarm> {
    const swarm = new Swarm(work)
    for (let index = 0; index < count; index++) await swarm.#add(index, config)
    await until('everybody has company', async () => {
      const statuses = await Promise.all(swarm.clients.map((client) => client.status(never)))
      return statuses.every(({ peers }) => peers >= Math.min(NEIGHBOURS, count - 1))
    })
    return swarm
  }

  async #add(index: number, config: string): Promise<void> {
    const home = join(this.#work, `node-${index}`)
    await mkdir(home, { recursive: true, mode: 0o700 })
    await writeFile(join(home, 'config.toml'), config)
    const neighbours = [index - 1, Math.floor(index / 2), Math.floor(index / 3)].filter((other) => other >= 0 && other < index)
    const bootstrap = [...new Set(neighbours)].flatMap((other) => this.#nodes[other]?.addresses ?? [])
    this.#nodes.push(await startNode({ home, bootstrap }))
    const client = clientOf(home)
    const seen = new Map<string, number>()
    this.clients.push(client)
    this.#authors.push(authorOf(index))
    this.seen.push(seen)
    void this.#watch(client, seen)
  }

  async #watch(client: ControlClient, seen: Map<string, number>): Promise<void> {
    try {
      for await (const event of client.events(this.#leave.signal)) if (event.type === 'release-added') seen.set(event.name, performance.now())
    } catch (error) {
      if (!this.#leave.signal.aborted) throw error
    }
  }

  /** Has a node make everything ready for a small package's release. */
  async prepare(node: number, name: string): Promise<Ready> {
    const [client, author] = [this.clients[node], this.#authors[node]]
    if (client === undefined || author === undefined) throw new Error(`there is no node ${node}`)
    const path = await writeTree(join(this.#work, 'packages', name), smallPackage(name))
    const { identity, genesis, key } = author
    const prepared = await client.prepare({ path, identity, chain: [genesis], feed: key.publicKey }, never)
    if (prepared.state === 'published') throw new Error(`${name} was published before`)
    const { intent, payload } = prepared
    return { node, intent, name, signature: { key: key.publicKey, signature: key.sign(signingBytes(payload)) }, envelope: signPayload(payload, [key]) }
  }

  /** Hands the signature in; the moment before, on this process's monotonic clock. */
  async commit({ node, intent, signature }: Ready): Promise<number> {
    const began = performance.now()
    await this.clients[node]?.commit(intent, [signature], never)
    return began
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave.abort()
    await Promise.all(this.#nodes.map((node) => node[Symbol.asyncDispose]()))
  }
}
