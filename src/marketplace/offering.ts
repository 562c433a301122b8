import { GgenError, type IdentityId, type PackageName, type ReleaseOp, type Version } from '#core'
import type { FetchOptions } from '#flow/fetch'
import type { PackageView } from '#trust'
import { gt, prerelease } from 'semver'
import type { InstallGate } from './install-gate.ts'
import type { FetchedSigned } from './marketplace.ts'

/** The releases of one package among which others may choose. */
export interface OfferedPackage {
  readonly name: PackageName
  readonly identity: IdentityId
  /** At least one. */
  readonly releases: readonly OfferedRelease[]
  /** What its publisher said that tags mean. */
  readonly tags: ReadonlyMap<string, Version>
}

export interface OfferedRelease {
  readonly release: ReleaseOp
  /** Why it had better not be used, where its publisher says so. */
  readonly deprecated?: string
  /** Since when others could look at it, Unix milliseconds: its publisher may say what it likes. */
  readonly since: number
}

export interface OfferingParts {
  readonly gate: Pick<InstallGate, 'candidates' | 'choose' | 'outSince'>
  /** Brings an archive here and verifies it. */
  readonly bring: (release: ReleaseOp, options: FetchOptions) => Promise<FetchedSigned>
}

/** For doors where clients choose for themselves: they are shown what may be installed, and nothing else. */
export class Offering {
  readonly #parts: OfferingParts

  constructor(parts: OfferingParts) {
    this.#parts = parts
  }

  /** What may be installed of the package that a name means here. Throws as `Marketplace.plan`. */
  async of(name: PackageName, signal: AbortSignal): Promise<OfferedPackage> {
    const { gate } = this.#parts
    const wish = { spec: { name }, keepsLocked: false, acceptAdvisory: false, isOffline: false, wantsNews: false }
    const { view, releases } = await gate.candidates(wish, signal)
    const [first] = releases
    if (first === undefined) throw new GgenError('package-not-found', `nothing of ${name} may be installed`)
    return {
      name,
      identity: first.release.identity,
      releases: releases.map(({ release, standing, why }) => ({
        release,
        since: gate.outSince(release),
        ...(standing === 'deprecated' && { deprecated: why ?? 'its publisher advises against it' }),
      })),
      tags: tagsOf(view, releases.map(({ release }) => release)),
    }
  }

  /** Brings the archive of a release here, verified, for looking into it. Throws what fetching and verifying throw. */
  async bring(release: ReleaseOp, signal: AbortSignal): Promise<void> {
    await this.#parts.bring(release, { urgency: 'interactive', signal })
  }

  /** Brings the archive of a version here for somebody who installs it, and remembers that. Throws as `Marketplace.fetch`. */
  async take(name: PackageName, version: Version, signal: AbortSignal): Promise<FetchedSigned> {
    const { found: { chosen: { release } }, settle } = await this.#parts.gate.choose({ spec: { name, range: version } }, signal)
    const fetched = await this.#parts.bring(release, { urgency: 'interactive', signal })
    settle()
    return fetched
  }
}

/** What was said counts as long as the version may be installed; of `latest`, until a higher version came out, as it would where a registry keeps the tags. */
const tagsOf = ({ tags }: PackageView, releases: readonly ReleaseOp[]): ReadonlyMap<string, Version> =>
  new Map([...tags.values()].flatMap(({ name, version, at: saidAt }): (readonly [string, Version])[] => {
    if (version === undefined || !releases.some(({ body }) => body.version === version)) return []
    const isLater = ({ at, body }: ReleaseOp): boolean => at > saidAt && prerelease(body.version) === null && gt(body.version, version)
    return name === 'latest' && releases.some(isLater) ? [] : [[name, version]]
  }))
