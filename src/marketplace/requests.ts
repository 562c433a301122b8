import type { AskedRegistries, Events, Origin, PackageSpec, ReleaseOp, TransferProgress } from '#core'
import type { FetchOptions } from '#flow/fetch'
import type { BlobStore } from '#store'
import { assertHeld } from './bring-release.ts'
import { hearProgress } from './hear-progress.ts'
import type { Inspection } from './inspection.ts'
import type { InstallGate } from './install-gate.ts'
import type { InstallPlan, PlanRequest } from './install-plan.ts'
import type { FetchedRelease, FetchRequest, PackageInfo, SearchAnswer, SearchQuery } from './marketplace.ts'
import { planSources, type PlanSourceParts } from './plan-sources.ts'
import { Planner } from './planner.ts'
import { amongWhom, giversOf, PEERS_ALONE, type Registries } from './registries.ts'
import type { Searcher } from './searcher.ts'

export interface RequestParts extends Omit<PlanSourceParts, 'gate' | 'among' | 'bring' | 'registries'> {
  readonly blobs: BlobStore
  readonly events: Events
  /** Absent: peers alone. */
  readonly registries?: Registries
  readonly searcher: Searcher
  readonly inspection: Inspection
  readonly gate: InstallGate
  /** Brings an archive here and verifies it. */
  readonly bring: (release: ReleaseOp, options: FetchOptions) => Promise<FetchedRelease>
}

/** What users ask of packages, each time of those whom the request names: all of it goes the same way, names, words and bytes. */
export class Requests {
  readonly #parts: RequestParts
  readonly #registries: Registries

  constructor(parts: RequestParts) {
    this.#parts = parts
    this.#registries = parts.registries ?? PEERS_ALONE
  }

  /** As `Marketplace.search`. */
  async search({ registries, ...query }: SearchQuery, signal: AbortSignal): Promise<SearchAnswer> {
    using whom = await amongWhom(this.#registries, registries)
    return await this.#parts.searcher.search(query, signal, whom.among)
  }

  /** As `Marketplace.info`. */
  async info(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageInfo> {
    using whom = await amongWhom(this.#registries, registries)
    return await this.#parts.inspection.info(spec, signal, whom.among)
  }

  /** As `Marketplace.sources`. */
  async sources(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageInfo & Origin> {
    using whom = await amongWhom(this.#registries, registries)
    return await this.#parts.inspection.sources(spec, signal, whom.among)
  }

  /** As `Marketplace.fetch`. */
  async fetch({ registries, ...request }: FetchRequest, signal: AbortSignal, onProgress?: (progress: TransferProgress) => void): Promise<FetchedRelease> {
    const { gate, blobs, events, bring } = this.#parts
    using whom = await amongWhom(this.#registries, registries)
    const { found, lookAlikes, settle } = await gate.choose(request, signal, whom.among)
    const { release } = found.chosen
    if (request.offline === true) await assertHeld(blobs, release)
    using _progress = hearProgress(events, release.body.artifact.digest, onProgress)
    const fetched = await bring(release, { urgency: 'interactive', signal, ...byWhom(whom.among) })
    settle()
    return { ...fetched, ...(lookAlikes.length > 0 && { lookAlikes }) }
  }

  /** As `Marketplace.plan`. */
  async plan({ registries, ...request }: PlanRequest, signal: AbortSignal): Promise<InstallPlan> {
    const { bring } = this.#parts
    using whom = await amongWhom(this.#registries, registries)
    const { among } = whom
    const sources = planSources({
      ...this.#parts, ...(among !== undefined && { among }), bring: (release, options) => bring(release, { ...options, ...byWhom(among) }),
    })
    return await new Planner(sources).plan(request, signal)
  }
}

const byWhom = (among: Registries | undefined): Pick<FetchOptions, 'givers'> => (among === undefined ? {} : { givers: giversOf(among) })
