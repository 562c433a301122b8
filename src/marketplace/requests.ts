import { type AskedRegistries, type Events, type PackageSpec, parseVersion, type ReleaseOp, type TransferProgress } from '#core'
import type { FetchOptions } from '#flow/fetch'
import type { Network } from '#network'
import type { BlobStore } from '#store'
import { assertHeld } from './bring-release.ts'
import { fetchChosen, fetchNewest } from './fetch-vouched.ts'
import { hearProgress } from './hear-progress.ts'
import { hasPeers } from './holder-search.ts'
import type { Inspection } from './inspection.ts'
import type { InstallGate } from './install-gate.ts'
import type { InstallPlan, PlanRequest } from './install-plan.ts'
import type { FetchedRelease, FetchedSigned, FetchRequest, PackageInfo, PackageSources } from './marketplace.ts'
import type { SearchAnswer, SearchQuery } from './search-answer.ts'
import { Offering } from './offering.ts'
import { planSources, type PlanSourceParts } from './plan-sources.ts'
import { Planner } from './planner.ts'
import { amongWhom, giversOf, PEERS_ALONE, type Registries } from './registries.ts'
import type { Searcher } from './searcher.ts'
import { Vouching, type Whom } from './vouching.ts'

export interface RequestParts extends Omit<PlanSourceParts, 'gate' | 'among' | 'bring' | 'registries' | 'vouching'> {
  readonly blobs: BlobStore
  readonly events: Events
  /** Absent: peers alone. */
  readonly registries?: Registries
  readonly searcher: Searcher
  readonly inspection: Inspection
  readonly gate: InstallGate
  readonly network: Pick<Network, 'peers'>
  /** Brings an archive here and verifies it. */
  readonly bring: (release: ReleaseOp, options: FetchOptions) => Promise<FetchedSigned>
}

/** What users ask of packages, each time of those whom the request names: all of it goes the same way, names, words and bytes. */
export class Requests {
  readonly #parts: RequestParts
  readonly #registries: Registries
  /** For those who choose for themselves. */
  readonly offering: Offering

  constructor(parts: RequestParts) {
    this.#parts = parts
    this.#registries = parts.registries ?? PEERS_ALONE
    this.offering = new Offering(parts)
  }

  /** As `Marketplace.search`. */
  async search({ registries, ...query }: SearchQuery, signal: AbortSignal): Promise<SearchAnswer> {
    using whom = await amongWhom(this.#registries, registries)
    return await this.#parts.searcher.search(query, signal, this.#whom(whom.among))
  }

  /** As `Marketplace.info`. */
  async info(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageInfo> {
    using whom = await amongWhom(this.#registries, registries)
    return await this.#parts.inspection.info(spec, signal, this.#whom(whom.among))
  }

  /** As `Marketplace.sources`. */
  async sources(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageSources> {
    using whom = await amongWhom(this.#registries, registries)
    return await this.#parts.inspection.sources(spec, signal, this.#whom(whom.among))
  }

  /** As `Marketplace.fetch`. */
  async fetch(asked: FetchRequest, signal: AbortSignal, onProgress?: (progress: TransferProgress) => void): Promise<FetchedRelease> {
    const { registries, vouched, ...request } = asked
    using whom = await amongWhom(this.#registries, registries)
    const { spec: { name, range, identity }, trust, locked, offline: isOffline = false } = request
    const { vouching } = this.#whom(whom.among)
    const parts = { ...this.#parts, vouching, isOffline, signal }
    if (vouched !== undefined) return await fetchChosen({ ...vouched, name, version: parseVersion(range ?? '') }, parts, parts)
    return await vouching.choose<FetchedRelease>({
      name, isOffline,
      isSigned: identity !== undefined || trust !== undefined || locked !== undefined,
      signed: () => this.#fetchSigned(request, { among: whom.among, signal, onProgress }),
      vouched: (named) => fetchNewest(named, range, parts),
    }, signal)
  }

  /** As `Marketplace.plan`. */
  async plan({ registries, ...request }: PlanRequest, signal: AbortSignal): Promise<InstallPlan> {
    const { bring } = this.#parts
    using whom = await amongWhom(this.#registries, registries)
    const { among } = whom
    const { vouching } = this.#whom(among)
    const sources = planSources({
      ...this.#parts, vouching, ...(among !== undefined && { among }), bring: (release, options) => bring(release, { ...options, ...byWhom(among) }),
    })
    return await new Planner(sources).plan(request, signal)
  }

  async #fetchSigned(request: Omit<FetchRequest, 'registries' | 'vouched'>, { among, signal, onProgress }: SignedFetch): Promise<FetchedRelease> {
    const { gate, blobs, events, bring } = this.#parts
    const { found, lookAlikes, settle } = await gate.choose(request, signal, among)
    const { release } = found.chosen
    if (request.offline === true) await assertHeld(blobs, release)
    using _progress = hearProgress(events, release.body.artifact.digest, onProgress)
    const fetched = await bring(release, { urgency: 'interactive', signal, ...byWhom(among) })
    settle()
    return { ...fetched, ...(lookAlikes.length > 0 && { lookAlikes }) }
  }

  /** Those who are asked for as long as one request takes, the index of somebody else among them. */
  #whom(among: Registries | undefined): Whom {
    const { gate, network } = this.#parts
    const registries = among ?? this.#registries
    const vouching = new Vouching({ registries, hasPeers: () => hasPeers(registries, network), isBound: (name) => gate.isBound(name) })
    return { ...(among !== undefined && { among }), vouching }
  }
}

interface SignedFetch {
  readonly among: Registries | undefined
  readonly signal: AbortSignal
  readonly onProgress: ((progress: TransferProgress) => void) | undefined
}

const byWhom = (among: Registries | undefined): Pick<FetchOptions, 'givers'> => (among === undefined ? {} : { givers: giversOf(among) })
