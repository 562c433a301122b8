import { type Digest, type IdentityId, isChainOp, isFeedOp, LIMITS, type Op, type PackageName, type Version, versionSlot } from '#core'
import type { PackageViews } from '#flow/verify'
import type { KeptRelease, ReceiptStore, RegistryRecords, TrustStore } from '#store'
import type { FollowedWords } from './followed-words.ts'

export interface WithheldParts {
  readonly trust: TrustStore
  readonly receipts: ReceiptStore
  /** What publishers were promised; absent: nothing. */
  readonly promises?: RegistryRecords
  readonly views: Pick<PackageViews, 'package'>
  readonly words: Pick<FollowedWords, 'wordsOn' | 'adviceOn'>
}

/**
 * What this node has and gives to nobody: archives that their publisher withdrew, that are of somebody who is blocked, or that are advised against as
 * critical. It goes by the releases for which they were fetched or are kept here: anybody can sign a release of the same bytes and withdraw it.
 */
export class Withheld {
  readonly #parts: WithheldParts
  /** The withdrawn versions of packages; what was used last stands last. */
  readonly #withdrawn = new Map<string, ReadonlySet<Version>>()

  constructor(parts: WithheldParts) {
    this.#parts = parts
  }

  /** Whether nobody is given these bytes. Looks only at what is here. */
  has(digest: Digest): boolean {
    const releases = this.#releasesOf(digest)
    return releases.length > 0 && releases.every((release) => this.refuses(release))
  }

  /** Whether a release is one whose bytes are given to nobody. */
  refuses({ identity, name, version }: KeptRelease): boolean {
    const { words } = this.#parts
    if (this.#withdrawnOf(identity, name).has(versionSlot(version))) return true
    if (words.wordsOn(identity, name).block !== undefined) return true
    return words.adviceOn(identity, name, version).some(({ severity }) => severity === 'critical')
  }

  /** An op that is new here may withdraw something, or take that back. */
  hear(op: Op): void {
    if (isFeedOp(op)) this.#withdrawn.delete(keyOf(op.identity, op.body.name))
    if (!isChainOp(op)) return
    for (const key of this.#withdrawn.keys()) if (key.startsWith(op.identity)) this.#withdrawn.delete(key)
  }

  #releasesOf(digest: Digest): readonly KeptRelease[] {
    const { trust, receipts, promises } = this.#parts
    const kept = [...trust.keptFor(digest), ...(promises?.keptFor(digest) ?? [])]
    const receipt = receipts.find(digest)
    return receipt === undefined ? kept : [...kept, { name: receipt.name, version: receipt.version, identity: receipt.proof.identity }]
  }

  #withdrawnOf(identity: IdentityId, name: PackageName): ReadonlySet<Version> {
    const key = keyOf(identity, name)
    const withdrawn = this.#withdrawn.get(key) ?? this.#read(identity, name)
    this.#withdrawn.delete(key)
    this.#withdrawn.set(key, withdrawn)
    if (this.#withdrawn.size > LIMITS.viewedPackages) for (const oldest of this.#withdrawn.keys().take(1)) this.#withdrawn.delete(oldest)
    return withdrawn
  }

  #read(identity: IdentityId, name: PackageName): ReadonlySet<Version> {
    const releases = this.#parts.views.package(identity, name)?.releases.values() ?? []
    return new Set([...releases].filter(({ standing }) => standing === 'withdrawn').map(({ version }) => version))
  }
}

const keyOf = (identity: IdentityId, name: PackageName): string => `${identity} ${name}`
