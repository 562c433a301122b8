import {
  type AskedRegistries, type Digest, type IdentityId, isFeedOp, type MissedNews, type News, type Op, type OpId, type OpSource, type PackageName,
  type PackageSpec, type PeerId, type Random, type ReleaseOp, type TransferProgress,
} from '#core'
import type { DomainRecords } from '#domains'
import type { FetchOptions } from '#flow/fetch'
import type { PublishSource } from '#flow/publish'
import type { SeedSettings } from '#flow/seed'
import { answerSearch, type WatchWish } from '#flow/search'
import { parentsFirst } from '#flow/sync'
import { createViews, type OpenAll, type PackageViews, type QuotaBytes } from '#flow/verify'
import type { Catalogue, PackageSearch, ReceiptStore, RegistryRecords, TrustStore } from '#store'
import type { Signature } from '#trust'
import { Background } from './background.ts'
import { bringRelease } from './bring-release.ts'
import { CarriedReleases } from './carried-releases.ts'
import { Exchange, type ExchangeParts } from './exchange.ts'
import { FollowedWords } from './followed-words.ts'
import { type Following, FollowList } from './following.ts'
import { Inquiry } from './inquiry.ts'
import { Inspection } from './inspection.ts'
import { InstallGate } from './install-gate.ts'
import { Keeper } from './keeper.ts'
import type { TrustPolicy } from './name-trust.ts'
import { Newsroom } from './newsroom.ts'
import { NodeShelf } from './node-shelf.ts'
import { OwnHeads } from './own-heads.ts'
import type { InstallPlan, PlanRequest } from './install-plan.ts'
import type { Offering } from './offering.ts'
import { Publishing } from './publishing.ts'
import { Replica } from './replica.ts'
import { Requests } from './requests.ts'
import type {
  FetchedRelease, FetchedSigned, FetchRequest, Marketplace, MarketplaceStatus, PackageInfo, PackageSources, PreparedPublish, PublishReceipt, PublishRequest,
  Trusting,
} from './marketplace.ts'
import type { SearchAnswer, SearchQuery } from './search-answer.ts'
import type { Speaking } from './speaking.ts'
import { Searcher } from './searcher.ts'
import type { Shelf } from './shelf.ts'
import { Withheld } from './withheld.ts'

export interface MarketplaceParts extends Omit<ExchangeParts, 'withholds'> {
  readonly catalogue: Catalogue
  /** Of that catalogue. */
  readonly search: PackageSearch
  readonly trust: TrustStore
  readonly receipts: ReceiptStore
  /** What was promised to publishers who handed it in here; absent: nothing is taken from them. */
  readonly promises?: RegistryRecords
  readonly random: Random
  /** Opens many envelopes, wherever that is quickest. */
  readonly openAll: OpenAll
  /** Opens an absolute path; throws `path-not-found`. */
  readonly openSource: (path: string) => Promise<PublishSource>
  /** Keeps no whole catalogue: asks peers instead. */
  readonly light: boolean
  /** `false`: nothing is published from here; default true. */
  readonly publishes?: boolean
  /** Between two comparisons of the catalogue with that of some peer. */
  readonly syncEveryMs: number
  /** Bytes that the envelopes of the catalogue may take. */
  readonly quota: QuotaBytes
  /** Whose packages this node keeps for others. */
  readonly seed: SeedSettings
  /** Whom its operator trusts without looking. */
  readonly policy: TrustPolicy
  /** Opens the way to domains when one is asked for the first time; absent: none is asked. */
  readonly openDomains?: () => Promise<DomainRecords>
}

/** What is said of packages, and what follows from it for those that are here. */
interface Standing {
  readonly views: PackageViews
  readonly words: FollowedWords
  readonly withheld: Withheld
}

/** The whole life of a package, in order: the steps of `flow/` strung together. They know nothing of each other. */
export class NodeMarketplace implements Marketplace, AsyncDisposable {
  readonly #parts: MarketplaceParts
  readonly #views: PackageViews
  readonly #standing: Standing
  readonly #exchange: Exchange
  readonly #serving = new AsyncDisposableStack()
  readonly #background: Background
  readonly #newsroom: Newsroom
  readonly #replica: Replica
  readonly #requests: Requests
  readonly #publishing: Publishing
  readonly #gate: InstallGate
  readonly keeping: Keeper
  readonly following: Following

  private constructor(parts: MarketplaceParts, exchange: Exchange, standing: Standing) {
    const { words, withheld } = standing
    this.#parts = parts
    this.#background = new Background(parts.events)
    this.#views = standing.views
    this.#standing = standing
    this.#exchange = this.#serving.use(exchange)
    this.#newsroom = this.#serving.use(new Newsroom({ ...parts, view: ({ identity, body }) => this.#views.package(identity, body.name) }))
    this.#replica = this.#serving.use(new Replica({
      ...parts,
      views: this.#views,
      background: this.#background,
      readBlob: (peer, blob, signal) => exchange.readBlob(peer, blob, signal),
      isDear: (identity) => this.keeping.isDear(identity),
      onAdded: (op, source) => this.#hear(op, source),
      onDropped: (identity, records) => this.#newsroom.tellDropped(identity, records),
    }))
    this.keeping = new Keeper({
      ...parts,
      source: exchange.source,
      find: async (spec, signal) => (await this.#gate.look(spec, signal)).chosen.release,
      fetch: async (spec, urgency, signal) => this.#bring((await this.#gate.lookToKeep(spec, signal)).chosen.release, { urgency, signal }),
      refuses: ({ identity, body: { name, version } }) => withheld.refuses({ identity, name, version }),
      view: ({ identity, name }) => this.#views.package(identity, name),
      learn: (key, from, signal) => this.#replica.learn(key, from, { source: 'gossip', signal }),
      holdersOf: (artifact, signal) => exchange.holdersOf(artifact, signal),
    })
    const take = (envelopes: readonly Uint8Array[], signal: AbortSignal): Promise<void> => this.#replica.take(envelopes, 'search', signal)
    const inquiry = new Inquiry({ ...parts, exchange, take })
    const heads = new OwnHeads({ ...parts, learn: (what, from, signal) => this.#replica.learn(what, from, { source: 'sync', signal }) })
    this.#publishing = this.#serving.use(new Publishing({
      ...parts,
      confirmHead: (identity, name, signal) => heads.confirm(identity, name, signal),
      hear: (identity) => this.#replica.hear(identity),
      views: this.#views,
      admit: this.#replica.admit,
      holderCount: ({ body }) => exchange.holderCount(body.artifact.digest),
      lookAlikesOf: (name, identity) => this.#gate.lookAlikesOf(name, identity),
      bring: (release, signal) => this.#bring(release, { urgency: 'interactive', signal }),
      keepOwn: (releases) => this.keeping.keepOwn(releases),
      onPublished: (op, { tellsPeers }) => this.#onPublished(op, tellsPeers),
    }))
    this.#gate = this.#serving.use(new InstallGate({ ...parts, words, inquiry, views: this.#views }))
    this.following = new FollowList({ ...parts, onChanged: () => words.forget(), bring: (identity) => this.#replica.hear(identity) })
    const searcher = new Searcher({ ...parts, take, inquiry, kept: () => this.keeping.kept, holderCount: (digest) => exchange.holderCount(digest) })
    this.#requests = new Requests({
      ...parts, searcher,
      transfers: exchange.transfers, gate: this.#gate,
      inspection: new Inspection({ ...parts, gate: this.#gate, exchange, words }),
      bringSmall: (...asked) => exchange.bringSmall(...asked), bring: (release, options) => this.#bring(release, options),
    })
  }

  /** Finishes what a crash interrupted, then answers peers, listens and syncs until disposed. */
  static async open(parts: MarketplaceParts): Promise<NodeMarketplace> {
    await using opened = new AsyncDisposableStack()
    const views = createViews(parts.catalogue)
    const words = new FollowedWords({ ...parts, views })
    const withheld = new Withheld({ ...parts, views, words })
    const exchange = opened.use(await Exchange.open({ ...parts, withholds: (digest) => withheld.has(digest) }))
    const marketplace = opened.use(new NodeMarketplace(parts, exchange, { views, words, withheld }))
    await marketplace.#publishing.resume()
    marketplace.#serve()
    opened.move()
    return marketplace
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#serving.disposeAsync()
    await this.#background[Symbol.asyncDispose]()
  }

  // ---- publish → store → announce

  prepare(request: PublishRequest, signal: AbortSignal): Promise<PreparedPublish> {
    return this.#publishing.prepare(request, signal)
  }

  commit(intent: OpId, signatures: readonly Signature[]): Promise<PublishReceipt> {
    return this.#publishing.commit(intent, signatures)
  }

  get speaking(): Speaking {
    return this.#publishing.speaking
  }

  get trusting(): Trusting {
    return this.#gate.trusting
  }

  #onPublished(op: Op, tellsPeers: boolean): void {
    this.#hear(op, 'own')
    if (op.type === 'release') this.#gate.own(op)
    if (!tellsPeers) return
    this.#replica.spread()
    if (op.type === 'release') this.#provide(op)
  }

  /** Everything that is new here, however it came. */
  #hear(op: Op, source: OpSource): void {
    this.#standing.words.hear(op)
    this.#standing.withheld.hear(op)
    if (isFeedOp(op)) this.#newsroom.tell(op, source)
  }

  // ---- announce and sync

  #serve(): void {
    const { catalogue, light } = this.#parts
    const hitOps = (identity: IdentityId, name: PackageName): Uint8Array[] => parentsFirst(catalogue.chainOps(identity), catalogue.feedOps(identity, name))
    this.#serving.use(answerSearch({ ...this.#parts, hitOps }))
    this.#serving.use(this.keeping.seed())
    this.#replica.answer()
    this.#replica.heed()
    if (!light) this.#replica.follow()
  }

  watch(wish: WatchWish, signal: AbortSignal): AsyncIterable<News | MissedNews> {
    return this.#newsroom.watch(wish, signal)
  }

  // ---- hand on as it is

  /** What doors hand on as it is, and what of it was promised to publishers. */
  async openShelf(promises: RegistryRecords, signal: AbortSignal): Promise<Shelf> {
    const shelf = new NodeShelf({
      ...this.#parts,
      ...this.#standing,
      promises,
      judge: (envelopes, bounded) => this.#replica.take(envelopes, 'upload', bounded),
      bring: (release, bounded) => this.#bring(release, { urgency: 'interactive', signal: bounded }),
      replicate: (release, wish, bounded) => this.keeping.replicateRelease(release, wish, bounded),
      spread: () => this.#replica.spread(),
      summary: () => this.#replica.summary(),
      gate: this.#gate,
      news: (bounded) => this.watch({ words: [] }, bounded),
    })
    await shelf.resume(signal)
    return shelf
  }

  /** What of its packages travels where no network goes. */
  get carried(): CarriedReleases {
    return new CarriedReleases({ ...this.#parts, replica: this.#replica, views: this.#views, bring: (...asked) => this.#bring(...asked) })
  }

  // ---- search

  search(query: SearchQuery, signal: AbortSignal): Promise<SearchAnswer> {
    return this.#requests.search(query, signal)
  }

  // ---- resolve → fetch → verify

  info(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageInfo> {
    return this.#requests.info(spec, signal, registries)
  }

  sources(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageSources> {
    return this.#requests.sources(spec, signal, registries)
  }

  fetch(request: FetchRequest, signal: AbortSignal, onProgress?: (progress: TransferProgress) => void): Promise<FetchedRelease> {
    return this.#requests.fetch(request, signal, onProgress)
  }

  plan(request: PlanRequest, signal: AbortSignal): Promise<InstallPlan> {
    return this.#requests.plan(request, signal)
  }

  /** For doors where clients choose for themselves. */
  get offering(): Offering {
    return this.#requests.offering
  }

  #bring(release: ReleaseOp, options: FetchOptions): Promise<FetchedSigned> {
    return bringRelease({ ...this.#parts, transfers: this.#exchange.transfers, provide: (op) => this.#provide(op) }, release, options)
  }

  read(digest: Digest, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#parts.blobs.stream(digest, { signal })
  }

  /** Bytes that somebody else vouches for than a publisher of this network. */
  get bytes(): Pick<Exchange, 'bringFrom' | 'withholds'> {
    return this.#exchange
  }

  async status(): Promise<MarketplaceStatus> {
    const { catalogue, blobs } = this.#parts
    const [{ packages, releases }, { count }] = [catalogue.counts(), await blobs.usage()]
    const [catching, { pendingDeliveries }] = [this.#replica.catching(), this.#publishing]
    const state = { freshness: this.#replica.freshness(), evidence: this.#replica.evidence() }
    const more = { ...(catching !== undefined && { catching }), ...(pendingDeliveries !== undefined && { pendingDeliveries }) }
    return { packages, releases, blobs: count, catalogue: this.#replica.summary(), ...state, ...more }
  }

  peerScore(peer: PeerId): number | undefined {
    return this.#exchange.scores.of(peer)
  }

  /** Telling the DHT takes as long as it takes; nobody waits for it. */
  #provide({ body }: ReleaseOp): void {
    this.#background.run('provide', (signal) => this.#parts.network.provide(body.artifact.digest, signal))
  }
}
