import type { IdentityId, MissedNews, News, NewsType } from '#core'
import type {
  CallOptions, FetchedPackage, FetchOptions, InstalledPackage, NewPublisher, PackageConditions, PackageDetails, PackageDraft, PeerEntry, PublishOptions,
  PublishReceipt,
  RegistryStats, SearchAnswer, SearchOptions, VersionEntry,
} from './types.ts'

export interface SubscribeOptions extends PackageConditions, CallOptions {
  /** As in a search. */
  readonly words?: string
  /** Only packages that are called exactly like one of these. */
  readonly names?: readonly string[]
  /** `package`: the first release of a package · `release`: a further one · `status`: a version is yanked, … · `dropped`. All where it is absent. */
  readonly types?: readonly NewsType[]
}

/**
 * What a program can do with packages, whether the node is in this process or another program of this user runs it. Whatever fails is a `GgenError` with
 * a code of the catalogue. `NAME` is `my-tool`, `io.ggen.rust.cli`, `@scope/name` or `ns/name`; `SPEC` is `NAME`, `NAME@1.2.3`, `NAME@^1.2`, or
 * `@IDENTITY/NAME` for the package of one publisher.
 */
export interface PackageRegistry {
  /** Packages that match all words, best first. Throws `query-invalid`. */
  search(words: string, options?: SearchOptions): Promise<SearchAnswer>
  /** Everything known of a release, the newest acceptable one of SPEC. Throws `package-not-found`, `version-not-found`, `name-contested`. */
  get(spec: string, options?: CallOptions): Promise<PackageDetails>
  /** All versions, newest first. Throws `package-not-found`, `name-contested`. */
  versions(name: string, options?: CallOptions): Promise<readonly VersionEntry[]>
  /**
   * Publishes a folder with a manifest, an archive (`.tgz`), or a package out of memory. Signed with the identity in the home folder. Throws `key-missing`
   * where there is none yet (see `createPublisher`), `passphrase-needed`, `conflict` for a version that has other bytes, and `manifest-missing`,
   * `manifest-invalid`, `archive-unsafe`, `archive-too-large`, `path-not-found`; with `to`, `usage` and `token-missing` as well.
   */
  publish(what: string | PackageDraft, options?: PublishOptions): Promise<PublishReceipt>
  /** Brings an archive to this node and verifies it. Throws what `get` throws, `name-unverified`, `too-young`, `no-holder`, `integrity` and others. */
  fetch(spec: string, options?: FetchOptions): Promise<FetchedPackage>
  /** The same, and makes files of it in `FOLDER/ggen_packages/NAME`; `FOLDER/ggen.lock` remembers it. Brings nothing that it needs, and runs nothing. */
  install(spec: string, folder: string, options?: FetchOptions): Promise<InstalledPackage>
  /** What becomes known from now on, as it comes; leaving the loop or aborting the signal ends it. Throws `query-invalid`, `no-catalogue` on a light node. */
  subscribe(options?: SubscribeOptions): Promise<AsyncIterable<News | MissedNews>>
  /** `subscribe` to new packages and new releases. */
  subscribeToPackages(options?: Omit<SubscribeOptions, 'types'>): Promise<AsyncIterable<News | MissedNews>>
  /** Peers that are connected. */
  peers(options?: CallOptions): Promise<readonly PeerEntry[]>
  /**
   * How well a connected peer served this node so far, in [0, 1]; `undefined`: nothing was asked of it. From it follows whom this node asks first, never
   * whom it believes.
   */
  peerScore(peer: string, options?: CallOptions): Promise<number | undefined>
  /** The same figure as others know it: 1 for a peer of which nothing was asked yet. */
  getPeerReputation(peer: string, options?: CallOptions): Promise<number>
  /** The gossip topics that this node listens to. */
  topics(options?: CallOptions): Promise<readonly string[]>
  stats(options?: CallOptions): Promise<RegistryStats>
  /** Who publishes from this home folder; `undefined`: nobody yet. */
  publisher(): Promise<IdentityId | undefined>
  /**
   * Makes the identity that publishes from this home folder. Its keys are encrypted with the passphrase that was given to the builder. Throws `conflict`
   * when there is one, `passphrase-needed` without a passphrase where the folder outlives this process and nobody said that it may be without.
   */
  createPublisher(options?: { readonly label?: string }): Promise<NewPublisher>
}
