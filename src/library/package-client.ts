import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Digest, type IdentityId, type MissedNews, type News, parseIdentityId, parsePackageName, parsePeerId, parseServerAddress } from '#core'
import { codedCall, codedStream, heedSignal } from './heed-signal.ts'
import type { NodeAccess } from './node-access.ts'
import type { PackageRegistry, SubscribeOptions } from './package-registry.ts'
import { publishPath } from './publish-path.ts'
import type { PublisherKeys } from './publisher-keys.ts'
import type {
  CallOptions, FetchedPackage, FetchOptions, InstalledPackage, NewPublisher, PackageConditions, PackageDetails, PackageDraft, PeerEntry, PublishOptions,
  PublishReceipt, RegistryStats, SearchAnswer, SearchOptions, VersionEntry,
} from './types.ts'

/** @internal */
export interface ClientParts {
  /** The node, when it can answer. */
  readonly access: () => Promise<NodeAccess>
  readonly keys: PublisherKeys
  /** Aborts with a `GgenError` when nothing can be asked any more. */
  readonly closing: AbortSignal
}

/** An unproven peer is trusted to be as good as any other. */
const UNTRIED = 1

/** Packages, over whatever node there is. */
export class PackageClient implements PackageRegistry {
  readonly #parts: ClientParts

  /** @internal Registries are made by their own ways. */
  constructor(parts: ClientParts) {
    this.#parts = parts
  }

  async search(words: string, { signal, ...options }: SearchOptions = {}): Promise<SearchAnswer> {
    return await this.ask(signal, async (node, soon) => await node.search({ ...conditionsOf(options), ...pageOf(options), words: wordsOf(words) }, soon))
  }

  async get(spec: string, { signal }: CallOptions = {}): Promise<PackageDetails> {
    return await this.ask(signal, async (node, soon) => await node.info(spec, soon))
  }

  async versions(name: string, { signal }: CallOptions = {}): Promise<readonly VersionEntry[]> {
    const { versions } = await this.ask(signal, async (node, soon) => await node.info(parsePackageName(name), soon))
    return versions
  }

  async publish(what: string | PackageDraft, { signal, to }: PublishOptions = {}): Promise<PublishReceipt> {
    return await this.ask(signal, async (access, soon) => {
      const tells = to instanceof URL ? { url: parseServerAddress(to.href) } : to
      const publishing = { access, signer: await this.#parts.keys.signer(), signal: soon, ...(tells !== undefined && { tells }) }
      if (typeof what === 'string') return await publishPath(resolve(what), publishing)
      await using folder = await temporaryFolder()
      const { writeDraft } = await import('./write-draft.ts')
      await writeDraft(what, folder.path)
      return await publishPath(folder.path, publishing)
    })
  }

  async fetch(spec: string, options: FetchOptions = {}): Promise<FetchedPackage> {
    return await this.#fetch(spec, options)
  }

  async #fetch(spec: string, { signal, trust, ...decided }: FetchOptions, locked?: IdentityId): Promise<FetchedPackage> {
    return await this.ask(signal, async (node, soon) => {
      const chosen = { ...(trust !== undefined && { trust: parseIdentityId(trust) }), ...(locked !== undefined && { locked }) }
      const release = await node.fetch({ spec, ...decided, ...chosen }, soon)
      const read = (options: CallOptions = {}): AsyncIterable<Uint8Array> => this.#read(release.digest, options.signal)
      return { ...release, read, bytes: async (options) => Buffer.concat(await Array.fromAsync(read(options))) }
    })
  }

  async *#read(digest: Digest, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    const node = await codedCall(this.#parts.access)
    const left = new AbortController()
    yield* codedStream(node.readBlob(digest, AbortSignal.any([this.#signal(signal), left.signal])), left)
  }

  async install(spec: string, folder: string, options: FetchOptions = {}): Promise<InstalledPackage> {
    return await codedCall(async () => {
      const { installFetched } = await import('./install-fetched.ts')
      const signal = this.#signal(options.signal)
      return await installFetched({ spec, folder, signal, fetch: async (locked) => await this.#fetch(spec, options, locked) })
    })
  }

  async subscribe({ signal, words, names, types, ...conditions }: SubscribeOptions = {}): Promise<AsyncIterable<News | MissedNews>> {
    const only = { ...(names !== undefined && { names: names.map(parsePackageName) }), ...(types !== undefined && { types }) }
    // Whoever leaves the loop ends it; the node is told by this signal, also when the loop was never entered.
    const left = new AbortController()
    return await this.ask(signal, async (node) => {
      const until = AbortSignal.any([this.#signal(signal), left.signal])
      const news = await node.watch({ ...conditionsOf(conditions), ...only, words: words === undefined ? [] : wordsOf(words) }, until)
      return codedStream(news, left)
    })
  }

  async subscribeToPackages(options: Omit<SubscribeOptions, 'types'> = {}): Promise<AsyncIterable<News | MissedNews>> {
    return await this.subscribe({ ...options, types: ['package', 'release'] })
  }

  async peers({ signal }: CallOptions = {}): Promise<readonly PeerEntry[]> {
    return await this.ask(signal, async (node, soon) => await node.peers(soon))
  }

  async peerScore(peer: string, { signal }: CallOptions = {}): Promise<number | undefined> {
    const id = await codedCall(async () => parsePeerId(peer))
    return (await this.peers({ ...(signal && { signal }) })).find(({ peerId }) => peerId === id)?.score
  }

  async getPeerReputation(peer: string, options: CallOptions = {}): Promise<number> {
    return (await this.peerScore(peer, options)) ?? UNTRIED
  }

  async topics({ signal }: CallOptions = {}): Promise<readonly string[]> {
    return (await this.ask(signal, async (node, soon) => await node.status(soon))).topics
  }

  async stats({ signal }: CallOptions = {}): Promise<RegistryStats> {
    const status = await this.ask(signal, async (node, soon) => await node.status(soon))
    return {
      connected_peers: status.peers,
      total_peers: status.peersMet,
      cached_packages: status.packages,
      provider_records: status.providerRecords,
      gossip_topics: status.topics.length,
      releases: status.releases,
      records: status.catalogue.ops,
      archives: status.blobs,
      fingerprint: status.catalogue.fingerprint,
      freshness: status.freshness,
    }
  }

  async publisher(): Promise<IdentityId | undefined> {
    return await codedCall(async () => await this.#parts.keys.find())
  }

  async createPublisher({ label }: { readonly label?: string } = {}): Promise<NewPublisher> {
    return await codedCall(async () => await this.#parts.keys.create(label))
  }

  /** @internal One question to the node; whatever it throws is a `GgenError`. */
  protected async ask<T>(signal: AbortSignal | undefined, question: (node: NodeAccess, signal: AbortSignal) => Promise<T>): Promise<T> {
    return await codedCall(async () => {
      const soon = this.#signal(signal)
      return await question(await heedSignal(this.#parts.access, soon), soon)
    })
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#parts.closing : AbortSignal.any([this.#parts.closing, signal])
  }
}

const wordsOf = (words: string): readonly string[] => words.split(/\s+/).filter((word) => word !== '')

type Conditions = Omit<PackageConditions, 'publisher'> & { readonly publisher?: IdentityId }

const conditionsOf = ({ category, tags, author, license, publisher }: PackageConditions): Conditions => ({
  ...(category !== undefined && { category }),
  ...(tags !== undefined && { tags }),
  ...(author !== undefined && { author }),
  ...(license !== undefined && { license }),
  ...(publisher !== undefined && { publisher: parseIdentityId(publisher) }),
})

const pageOf = ({ sort, limit, cursor }: SearchOptions): Pick<SearchOptions, 'sort' | 'limit' | 'cursor'> => ({
  ...(sort !== undefined && { sort }),
  ...(limit !== undefined && { limit }),
  ...(cursor !== undefined && { cursor }),
})

const temporaryFolder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'ggen-'))
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }) }
}
