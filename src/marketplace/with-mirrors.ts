import type { IdentityId, Mirror, PackageName, TrustReport } from '#core'
import type { PackageViews } from '#flow/verify'
import { rcompare } from 'semver'

/** What the newest release of a package is a copy of. */
const mirrorOf = (views: PackageViews, identity: IdentityId, name: PackageName): Mirror | undefined => {
  const releases = [...(views.package(identity, name)?.releases.values() ?? [])]
  return releases.toSorted((a, b) => rcompare(a.version, b.version))[0]?.release.mirror
}

/** The report, with what each publisher that only mirrors says that it is a mirror of. */
export const withMirrors = (report: TrustReport, views: PackageViews): TrustReport => ({
  ...report,
  claims: report.claims.map((claim) => {
    const mirror = mirrorOf(views, claim.identity, report.name)
    return mirror === undefined ? claim : { ...claim, mirror }
  }),
})
