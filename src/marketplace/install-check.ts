import { type Clock, GgenError, type IdentityId, type ReleaseOp, type Version } from '#core'
import { ageOf, downgraded, downgrades, isUrgent, toSeen } from '#flow/resolve'
import type { PackageViews } from '#flow/verify'
import type { Catalogue, SeenRelease, TrustStore } from '#store'
import type { IdentityView, PackageView } from '#trust'
import { compare } from 'semver'
import type { PackageKey } from './find-release.ts'

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
    const { views, coolDownMs, isOwn } = this.#parts
    const { identity } = release
    if (coolDownMs === 0 || isOwn(identity) || this.#ageOf(release) >= coolDownMs) return false
    const view = views.identity(identity)
    return view === undefined || !isUrgent(release, view)
  }

  /** Since when others could look at a release, Unix milliseconds; of an own one when it was signed. */
  outSince(release: ReleaseOp): number {
    return this.#parts.isOwn(release.identity) ? release.at * 1000 : this.#parts.clock.now() - this.#ageOf(release)
  }

  #ageOf(release: ReleaseOp): number {
    const { catalogue, clock } = this.#parts
    const { id, identity, body: { name } } = release
    return ageOf(release, { now: clock.now(), lastWithout: catalogue.lastWithout(id, { identity, name }) })
  }

  /** The version of the release of a package that was installed last. */
  installedLast({ identity, name }: PackageKey): Version | undefined {
    return this.#parts.trust.memory.seen(identity, name)?.last.version
  }

  /** Throws `downgrade` for a release that is weaker than the one that was installed before. */
  assertNoDowngrade(release: ReleaseOp, view: PackageView): void {
    const before = this.#before(release, view)
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

  /** What was installed before; where that does not count any more, because its publisher disowned it, the newest one below it that does. */
  #before({ id, identity, body: { name } }: ReleaseOp, view: PackageView): SeenRelease | undefined {
    const last = this.#parts.trust.memory.seen(identity, name)?.last
    if (last === undefined) return undefined
    const standing = [...view.releases.values()].flatMap(({ release, rivals }) => [release, ...rivals])
    if (standing.some((release) => release.id === last.op)) return last
    const below = standing.filter((release) => compare(release.body.version, last.version) < 0)
    const newest = below.toSorted((a, b) => compare(b.body.version, a.body.version))[0]
    return newest === undefined || newest.id === id ? undefined : toSeen(newest, this.#rolesOf(newest))
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
