import { type Digest, GgenError, type IdentityId, type PackageName, type ReleaseOp, type Version, versionSlot } from '#core'
import type { FetchOptions } from '#flow/fetch'
import { parentsFirst } from '#flow/sync'
import type { PackageViews } from '#flow/verify'
import type { Catalogue } from '#store'
import type { FetchedSigned } from './marketplace.ts'
import type { Registries } from './registries.ts'
import type { Replica } from './replica.ts'

export interface CarriedReleaseParts {
  readonly catalogue: Catalogue
  readonly views: Pick<PackageViews, 'package'>
  readonly registries?: Pick<Registries, 'isPrivateName'>
  /** Takes in envelopes, as if a peer had sent them. */
  readonly replica: Pick<Replica, 'take'>
  /** Brings an archive here and verifies it; one that is here comes from nowhere. */
  readonly bring: (release: ReleaseOp, options: FetchOptions) => Promise<FetchedSigned>
}

/** A release, and the bytes that it must have. */
export interface CarriedRelease {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
}

/** What is signed of packages, on its way to a place without a network and from there. */
export class CarriedReleases {
  readonly #parts: CarriedReleaseParts

  constructor(parts: CarriedReleaseParts) {
    this.#parts = parts
  }

  /** Whether nobody public may be asked for a name, or told of it. */
  isPrivate(name: PackageName): boolean {
    return this.#parts.registries?.isPrivateName(name) === true
  }

  /** Envelopes of everything that is known of a publisher's own chain and says something of a package: parents first. */
  recordsOf({ identity, name }: Pick<CarriedRelease, 'identity' | 'name'>): readonly Uint8Array[] {
    const { catalogue } = this.#parts
    return parentsFirst(catalogue.chainOps(identity), catalogue.feedOps(identity, name))
  }

  /**
   * Takes in envelopes, and verifies an archive that is here against the release that they must have. Throws `op-invalid`, `version-not-found`, `disputed`,
   * and what verifying throws.
   */
  async takeIn(envelopes: readonly Uint8Array[], { name, version, identity, digest }: CarriedRelease, signal: AbortSignal): Promise<void> {
    await this.#parts.replica.take(envelopes, 'bundle', signal)
    const known = this.#parts.views.package(identity, name)?.releases.get(versionSlot(version))
    if (known === undefined || known.release.body.version !== version) {
      throw new GgenError('version-not-found', `what is signed by ${identity} has no ${name}@${version}`)
    }
    if (known.standing === 'disputed') throw new GgenError('disputed', `${identity} has signed different archives as ${name}@${version}`)
    if (known.release.body.artifact.digest !== digest) throw new GgenError('integrity', `${identity} has signed another archive as ${name}@${version}`)
    await this.#parts.bring(known.release, { urgency: 'interactive', signal })
  }
}
