import { type Clock, GgenError, isVersion, LIMITS, type PackageSpec, type ReleaseOp, type Version, versionSlot } from '#core'
import type { BlobStore, KeepReason, KeptPackage, KeptRelease, KeptSignal, TrustStore } from '#store'
import { chunkListDigest } from '#wire'
import { Range, satisfies } from 'semver'
import { KeyedLock } from './keyed-lock.ts'
import type { PinnedPackage } from './marketplace.ts'

export interface PinParts {
  readonly trust: TrustStore
  readonly blobs: BlobStore
  readonly clock: Clock
  /** The release that a spec means. Throws what `Marketplace.info` throws. */
  readonly find: (spec: PackageSpec, signal: AbortSignal) => Promise<ReleaseOp>
  /** Brings and verifies it. Throws what `Marketplace.fetch` throws. */
  readonly fetch: (spec: PackageSpec, signal: AbortSignal) => Promise<unknown>
}

/** The releases that stay here however full the disk becomes: what the user pinned, and what was published from here. */
export class Pins {
  readonly #parts: PinParts
  readonly #turns = new KeyedLock<string>()
  #pinned: readonly KeptRelease[]
  #signals: readonly KeptSignal[] | undefined

  constructor(parts: PinParts) {
    this.#parts = parts
    this.#pinned = this.#read()
  }

  /** What the user pinned, from memory: for whoever asks often. */
  get releases(): readonly KeptRelease[] {
    return this.#pinned
  }

  /** The packages that are kept, each once, newest first as far as search looks at them: the same object as long as they are the same. */
  get signals(): readonly KeptSignal[] {
    this.#signals ??= newestSignals(this.#parts.trust.keptPackages())
    return this.#signals
  }

  /**
   * Keeps a release from now on, and fetches it where it is not here. It is kept before the first byte comes, so that it cannot be dropped
   * again before it is whole; when it cannot be had, it is not kept. Throws what fetching throws, and `too-busy` when too much is kept.
   */
  async pin(spec: PackageSpec, signal: AbortSignal): Promise<PinnedPackage> {
    const { find, fetch, clock } = this.#parts
    const release = await find(spec, signal)
    const { name, version, artifact } = release.body
    using _turn = await this.#turns.enter(artifact.digest, signal)
    const before = this.#kept('pin').find((one) => isSame(one, release))
    const kept = before ?? toKept(release, 'pin', clock.now())
    if (before === undefined) this.#change((trust) => trust.keep(kept))
    try {
      await fetch({ ...spec, name, range: version }, signal)
    } catch (error) {
      if (before === undefined) this.#change((trust) => trust.unkeep(kept, 'pin'))
      throw error
    }
    return await this.#show(kept)
  }

  /**
   * Lets go what was pinned of a name: one publisher's where one is named, the versions in the range where there is one. The bytes stay until
   * their room is needed. Resolves to what is no longer pinned. Throws `not-pinned` when that is nothing, and `range-invalid`.
   */
  async unpin(spec: PackageSpec): Promise<readonly PinnedPackage[]> {
    const isMeant = meaning(spec)
    const meant = this.#kept('pin').filter(isMeant)
    if (meant.length === 0) throw notPinned(spec, this.#kept('own').some(isMeant))
    const shown = await Promise.all(meant.map((kept) => this.#show(kept)))
    this.#change((trust) => trust.transact(() => meant.map((kept) => trust.unkeep(kept, 'pin'))))
    return shown
  }

  /** Everything that is kept, oldest first. */
  all(): Promise<readonly PinnedPackage[]> {
    return Promise.all(this.#parts.trust.keptPackages().map((kept) => this.#show(kept)))
  }

  /** Keeps releases that were published from here; those that are kept already cost nothing. */
  keepOwn(releases: readonly ReleaseOp[]): void {
    const { trust, clock } = this.#parts
    const known = this.#kept('own')
    const fresh = releases.filter((release) => !known.some((kept) => isSame(kept, release)))
    if (fresh.length === 0) return
    trust.transact(() => fresh.forEach((release) => trust.keep(toKept(release, 'own', clock.now()))))
    this.#signals = undefined
  }

  #kept(reason: KeepReason): KeptPackage[] {
    return this.#parts.trust.keptPackages().filter((kept) => kept.reason === reason)
  }

  #read(): readonly KeptRelease[] {
    return this.#kept('pin').map(({ name, version, identity }) => ({ name, version, identity }))
  }

  #change(work: (trust: TrustStore) => unknown): void {
    work(this.#parts.trust)
    this.#pinned = this.#read()
    this.#signals = undefined
  }

  async #show({ name, version, identity, digest, reason, since }: KeptPackage): Promise<PinnedPackage> {
    const sizeBytes = await this.#parts.blobs.size(digest)
    return { name, version, identity, digest, ...(sizeBytes !== undefined && { sizeBytes }), reason, since }
  }
}

const isSame = (kept: KeptRelease, { identity, body }: ReleaseOp): boolean =>
  kept.identity === identity && kept.name === body.name && kept.version === body.version

const newestSignals = (kept: readonly KeptPackage[]): readonly KeptSignal[] => {
  const signals = kept.map(({ identity, name, reason }) => [`${identity} ${name}`, { identity, name, reason }] as const)
  return [...new Map(signals).values()].slice(-LIMITS.searchKept).reverse()
}

/** Archive, metadata, and the chunk list where there is one. */
const toKept = ({ identity, body }: ReleaseOp, reason: KeepReason, since: number): KeptPackage => {
  const { name, version, artifact, metadata } = body
  const blobs = [metadata.digest, ...(artifact.chunks === undefined ? [] : [chunkListDigest(artifact.chunks)])]
  return { name, version, identity, reason, digest: artifact.digest, blobs, since }
}

const meaning = ({ name, identity, range }: PackageSpec): ((kept: KeptRelease) => boolean) => {
  const isInRange = versions(range)
  return (kept) => kept.name === name && (identity === undefined || kept.identity === identity) && isInRange(kept.version)
}

const versions = (range: string | undefined): ((version: Version) => boolean) => {
  if (range === undefined) return () => true
  if (isVersion(range)) return (version) => version === range || versionSlot(version) === range
  try {
    const parsed = new Range(range)
    return (version) => satisfies(version, parsed, { includePrerelease: true })
  } catch (error) {
    throw new GgenError('range-invalid', `not a version or range: ${JSON.stringify(range)}`, { cause: error })
  }
}

const notPinned = ({ name, range }: PackageSpec, isOwn: boolean): GgenError =>
  new GgenError('not-pinned', `${name}${range === undefined ? '' : `@${range}`} is not pinned`, {
    ...(isOwn && { hint: 'it was published from here; a node always keeps what it has published' }),
  })
