import { type Digest, parseDigest, type PeerId } from '#core'
import type { OpenNode } from '#node'
import { codedCall, codedStream, heedSignal } from './heed-signal.ts'
import type { P2PEvent } from './p2p-events.ts'
import type { CallOptions } from './types.ts'

export interface DhtParts {
  readonly node: () => Promise<Pick<OpenNode, 'network' | 'marketplace'>>
  readonly closing: AbortSignal
  readonly tell: (event: P2PEvent) => void
}

/**
 * What is distributed over the peers by the hash of its key: who holds which bytes. Records of packages are not: every node has all of them, so that a
 * search asks nobody.
 */
export class DhtOperations {
  readonly #parts: DhtParts

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

  #signal({ signal }: CallOptions): AbortSignal {
    return signal === undefined ? this.#parts.closing : AbortSignal.any([this.#parts.closing, signal])
  }
}
