import type { Origin, PackageSpec } from '#core'
import type { ReceiptStore, TrustStore } from '#store'
import { toPackageInfo } from './describe-package.ts'
import type { Exchange } from './exchange.ts'
import type { Found } from './find-release.ts'
import type { FollowedWords } from './followed-words.ts'
import type { InstallGate } from './install-gate.ts'
import type { PackageInfo, PackageSources, SignedPackage } from './marketplace.ts'
import type { Registries } from './registries.ts'
import { isOwn, originOf } from './origin.ts'
import type { VouchedPackage } from './vouched.ts'
import { toVouchedPackage } from './vouched-search.ts'
import type { Either, NamedVouched, Whom } from './vouching.ts'

export interface InspectionParts {
  readonly gate: Pick<InstallGate, 'look'>
  readonly exchange: Pick<Exchange, 'glance' | 'holderCount'>
  readonly words: Pick<FollowedWords, 'wordsOn' | 'adviceOn'>
  readonly receipts: ReceiptStore
  readonly trust: TrustStore
}

/** Looks at packages, and changes nothing. */
export class Inspection {
  readonly #parts: InspectionParts

  constructor(parts: InspectionParts) {
    this.#parts = parts
  }

  /** Throws as `Marketplace.info`. */
  async info(spec: PackageSpec, signal: AbortSignal, whom: Whom): Promise<PackageInfo> {
    return await this.#either<PackageInfo>(spec, {
      signed: async () => this.#describe(await this.#parts.gate.look(spec, signal, whom.among), signal, whom.among),
      vouched: (named) => this.#say(named, spec.range),
    }, { whom, signal })
  }

  /** Throws as `Marketplace.info`. */
  async sources(spec: PackageSpec, signal: AbortSignal, whom: Whom): Promise<PackageSources> {
    return await this.#either<PackageSources>(spec, {
      signed: () => this.#sources(spec, signal, whom.among),
      vouched: async (named) => ({ ...(await this.#say(named, spec.range)), origin: 'vouched', sources: [] }),
    }, { whom, signal })
  }

  #either<T>({ name, identity }: PackageSpec, ways: Pick<Either<T>, 'signed' | 'vouched'>, { whom, signal }: { whom: Whom; signal: AbortSignal }): Promise<T> {
    return whom.vouching.choose({ name, isSigned: identity !== undefined, ...ways }, signal)
  }

  #say(named: NamedVouched, range: string | undefined): Promise<VouchedPackage> {
    return toVouchedPackage(named, range, (digest) => this.#parts.exchange.holderCount(digest))
  }

  async #sources(spec: PackageSpec, signal: AbortSignal, among: Registries | undefined): Promise<SignedPackage & Origin> {
    const { gate, receipts, trust } = this.#parts
    const found = await gate.look(spec, signal, among)
    const { release } = found.chosen
    return { ...(await this.#describe(found, signal, among)), ...originOf(receipts.find(release.body.artifact.digest), isOwn(trust, release)) }
  }

  async #describe({ view, chosen }: Found, signal: AbortSignal, among?: Registries): Promise<SignedPackage> {
    const { exchange, words } = this.#parts
    const { identity, body: { name, version, artifact } } = chosen.release
    if (among?.asksPeers !== false) await exchange.glance(artifact.digest, signal)
    const holders = await exchange.holderCount(artifact.digest)
    const { block } = words.wordsOn(identity, name)
    return toPackageInfo(view, chosen, { holders, block, advice: words.adviceOn(identity, name, version) })
  }
}
