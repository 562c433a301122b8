import {
  type Digest, type IdentityId, isFeedOp, isGgenError, type Op, type OpId, type PackageName, parseDigest, parsePackageName, type PeerId, type Version,
} from '#core'
import type { Shelf } from '#marketplace'
import type { OpenNode } from '#node'
import { codedCall, codedStream, heedSignal } from './heed-signal.ts'
import type { P2PEvent } from './p2p-events.ts'
import type { CallOptions } from './types.ts'

/** @internal */
export interface DhtParts {
  readonly node: () => Promise<Pick<OpenNode, 'network' | 'marketplace'>>
  readonly closing: AbortSignal
  readonly tell: (event: P2PEvent) => void
}

/** A signed record of a package or of its publisher, checked. */
export interface SignedRecord {
  readonly id: OpId
  /** `genesis` and `roles`: who may sign · `release` and `status`: what was published, and what its publisher says of it since. */
  readonly type: Op['type']
  readonly identity: IdentityId
  readonly name?: PackageName
  readonly version?: Version | '*'
  /** The envelope as it was signed, for `put` on another node. */
  readonly bytes: Uint8Array
}

/** Which of the records were new. */
export interface PutReport {
  readonly accepted: readonly OpId[]
  readonly known: readonly OpId[]
}

/** Whoever puts a record here is promised nothing: it counts by its signature. */
const ANYTHING = { id: 'program', covers: () => true, replicas: 0 }

/**
 * What the network keeps by key. Who holds which bytes is kept by the peers near their digest. Signed records are kept by every node, so that a
 * search asks nobody and nobody near a key can hold them back: `get` and `put` read and add them by the name of a package.
 */
export class DhtOperations {
  readonly #parts: DhtParts

  /** @internal A registry has one. */
  constructor(parts: DhtParts) {
    this.#parts = parts
  }

  /** Tells peers near a digest that this node holds the bytes. Nodes do so by themselves for all they publish and fetch. Throws `blob-not-found`. */
  async provide(digest: string, options: CallOptions = {}): Promise<void> {
    await codedCall(async () => {
      const key = parseDigest(digest)
      const signal = this.#signal(options)
      const { network, marketplace } = await heedSignal(this.#parts.node, signal)
      const began = performance.now()
      // Nobody is promised what is not here.
      for await (const _chunk of marketplace.read(key, signal)) break
      await network.provide(key, signal)
      this.#parts.tell({ type: 'DHTStoreComplete', digest: key, durationMs: performance.now() - began })
    })
  }

  /** Peers that say they hold these bytes, as they are found, without this node. What they give is checked against the digest all the same. */
  findProviders(digest: string, options: CallOptions = {}): AsyncIterable<PeerId> {
    const left = new AbortController()
    return codedStream(this.#find(digest, AbortSignal.any([this.#signal(options), left.signal])), left)
  }

  async *#find(text: string, signal: AbortSignal): AsyncGenerator<PeerId, void, undefined> {
    const digest: Digest = parseDigest(text)
    const { network } = await heedSignal(this.#parts.node, signal)
    const began = performance.now()
    let providers = 0
    for await (const peer of network.findProviders(digest, signal)) {
      providers += 1
      yield peer
    }
    this.#parts.tell({ type: 'DHTQueryComplete', digest, providers, durationMs: performance.now() - began })
  }

  /**
   * The signed records of everything that is published under a name, parents first; peers are asked where nothing is known here, and the answer is empty
   * where they know nothing, too.
   */
  async get(name: string, options: CallOptions = {}): Promise<readonly SignedRecord[]> {
    return await codedCall(async () => {
      const wanted = parsePackageName(name)
      const signal = this.#signal(options)
      const { marketplace } = await heedSignal(this.#parts.node, signal)
      const { openOp } = await import('#trust')
      const shelf = await this.#openShelf(signal)
      if (shelf.named(wanted) === undefined) await askPeers(marketplace, wanted, signal)
      return shelf.named(wanted)?.records.map((bytes) => recordOf(openOp(bytes))) ?? []
    })
  }

  /**
   * Takes signed records in, as if a peer had sent them, and tells others. Archives of their releases are brought here first. Throws `op-invalid`,
   * `blob-not-found`, `integrity`.
   */
  async put(records: readonly (SignedRecord | Uint8Array)[], options: CallOptions = {}): Promise<PutReport> {
    return await codedCall(async () => {
      const signal = this.#signal(options)
      const shelf = await this.#openShelf(signal)
      const { accepted, known } = await shelf.take(records.map((record) => (record instanceof Uint8Array ? record : record.bytes)), ANYTHING, signal)
      return { accepted, known }
    })
  }

  async #openShelf(signal: AbortSignal): Promise<Shelf> {
    const { marketplace } = await heedSignal(this.#parts.node, signal)
    const { memoryRegistryRecords } = await import('#store')
    return await marketplace.openShelf(memoryRegistryRecords(), signal)
  }

  #signal({ signal }: CallOptions): AbortSignal {
    return signal === undefined ? this.#parts.closing : AbortSignal.any([this.#parts.closing, signal])
  }
}

const recordOf = (op: Op): SignedRecord => {
  const { id, type, identity, bytes } = op
  return { id, type, identity, bytes, ...(isFeedOp(op) && { name: op.body.name, version: op.body.version }) }
}

/** Whom the name means is not asked here, and that nobody knows it is an answer. */
const askPeers = async (marketplace: OpenNode['marketplace'], name: PackageName, signal: AbortSignal): Promise<void> => {
  try {
    await marketplace.info({ name }, signal)
  } catch (error) {
    if (!isGgenError(error) || !['package-not-found', 'version-not-found', 'name-contested'].includes(error.code)) throw error
  }
}
