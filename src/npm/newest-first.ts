import { compare, parse, type SemVer } from 'semver'

const rank = ({ prerelease }: SemVer): number => (prerelease.length === 0 ? 0 : 1)

/** Versions, newest first, pre-releases after everything else; what is none is left out. */
export const newestFirst = (versions: readonly string[]): readonly string[] => {
  const parsed = versions.flatMap((version): readonly { readonly version: string; readonly semver: SemVer }[] => {
    const semver = parse(version)
    return semver === null ? [] : [{ version, semver }]
  })
  return parsed.toSorted((a, b) => rank(a.semver) - rank(b.semver) || compare(b.semver, a.semver)).map(({ version }) => version)
}
