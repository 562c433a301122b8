import { type Clock, GgenError, type IdentityId, type PackageName, type ReleaseOp } from '#core'
import { ageOf, downgraded, downgrades, isUrgent, toSeen } from '#flow/resolve'
import type { PackageViews } from '#flow/verify'
import type { Catalogue, TrustStore } from '#store'
import type { IdentityView, PackageView } from '#trust'

export interface InstallCheckParts {
  readonly trust: TrustStore
  readonly catalogue: Catalogue
  readonly views: PackageViews
  readonly clock: Clock
  /** So long a new version of a known package is not chosen, milliseconds. */
  readonly coolDownMs: number
  /** Whether a publisher publishes from this node. */
  readonly isOwn: (identity: IdentityId) => boolean
}

/** A package of one publisher. */
export interface PackageKey {
  readonly identity: IdentityId
  readonly name: PackageName
}

/** What is known now is measured by what was seen when a release of the package was last installed here. */
export class InstallCheck {
  readonly #parts: InstallCheckParts

  constructor(parts: InstallCheckParts) {
    this.#parts = parts
  }

  /** Throws `rollback` where records are missing that were here before: somebody shows, or the disk holds, an older state. */
  assertNotRolledBack({ identity, name }: PackageKey): void {
    const { trust, catalogue } = this.#parts
    const missing = (trust.memory.seen(identity, name)?.heads ?? []).filter((head) => !catalogue.hasOp(head))
    if (missing.length === 0) return
    throw new GgenError('rollback', `what is known of ${name} here is older than what was known when it was last installed`, { details: { name, missing } })
  }

  /** Whether others have not had the time to look at a release. Own releases, and those that their publisher's root role signed too, need none. */
  isTooYoung(release: ReleaseOp): boolean {
    const { catalogue, views, clock, coolDownMs, isOwn } = this.#parts
    const { id, identity, body } = release
    if (coolDownMs === 0 || isOwn(identity)) return false
    const lastWithout = catalogue.lastWithout(id, { identity, name: body.name })
    if (ageOf(release, { now: clock.now(), lastWithout }) >= coolDownMs) return false
    const view = views.identity(identity)
    return view === undefined || !isUrgent(release, view)
  }

  /** Throws `downgrade` for a release that is weaker than the one that was installed before. */
  assertNoDowngrade(release: ReleaseOp): void {
    const before = this.#parts.trust.memory.seen(release.identity, release.body.name)?.last
    if (before === undefined) return
    const kinds = downgrades(before, toSeen(release, this.#rolesOf(release)))
    if (kinds.length > 0) throw downgraded(release, before, kinds)
  }

  /** Remembers a release that was installed and everything that it stands on. */
  remember(release: ReleaseOp, view: PackageView): void {
    const { trust } = this.#parts
    const { identity, body: { name } } = release
    const heads = [this.#identity(identity).head, ...[...view.heads.values()].map(({ head }) => head)]
    trust.memory.putSeen({ identity, name, heads: [...new Set(heads)], last: toSeen(release, this.#rolesOf(release)) })
  }

  #rolesOf({ identity, body }: ReleaseOp): IdentityView['roles'] {
    const view = this.#identity(identity)
    return view.chain.find(({ id }) => id === body.roles)?.body ?? view.roles
  }

  #identity(identity: IdentityId): IdentityView {
    const view = this.#parts.views.identity(identity)
    if (view === undefined) throw new GgenError('internal', 'a release without its publisher')
    return view
  }
}
