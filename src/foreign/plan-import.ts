import type { Digest, ErrorCode, PackageName, Version } from '#core'
import type { ForeignIndex, ForeignVersion } from './foreign-index.ts'
import type { MirrorLedger } from './mirror-ledger.ts'

/** What is to be done with what an index names. */
export interface ImportPlan {
  /** Never published here, or not to the end. */
  readonly wanted: readonly WantedVersion[]
  /** Published here before, with the digest that is still named. */
  readonly known: number
  /** Versions whose digest is another one than at first. */
  readonly changed: readonly ChangedVersion[]
  /** What cannot be had from this index. */
  readonly left: readonly LeftEntry[]
}

export interface WantedVersion {
  readonly name: PackageName
  readonly version: ForeignVersion & { readonly digest: Digest }
  /** The source was never seen to name it. */
  readonly isNew: boolean
}

export interface ChangedVersion {
  readonly name: PackageName
  readonly version: Version
  readonly first: Digest
  readonly later: Digest
  /** It was not known until now. */
  readonly isNew: boolean
}

/** An entry of which nothing was published, and why. */
export interface LeftEntry {
  /** `name@version`, or what the index calls it. */
  readonly label: string
  readonly code: ErrorCode
  readonly why: string
}

/** Compares what an index names with what its source named before; only these packages, where some are given. */
export const planImport = (index: ForeignIndex, ledger: MirrorLedger, only: ReadonlySet<PackageName> | undefined): ImportPlan => {
  const wanted: WantedVersion[] = []
  const changed: ChangedVersion[] = []
  const left: LeftEntry[] = only === undefined ? index.refused.map(({ label, why }) => ({ label, code: 'name-invalid' as const, why })) : []
  let known = 0
  const note = (name: PackageName, version: Version, { first, later }: { readonly first: Digest; readonly later: Digest }): void => {
    changed.push({ name, version, first, later, isNew: !ledger.isDisputed({ name, version, digest: later }) })
  }
  for (const { name, versions } of index.packages) {
    if (only !== undefined && !only.has(name)) continue
    for (const one of versions) {
      const { version, digest, without } = one
      if (digest === undefined) {
        left.push({ label: `${name}@${version}`, code: 'digest-invalid', why: without ?? 'the index names no digest of its archive' })
        continue
      }
      const first = ledger.firstOf({ name, version })
      if (first !== undefined && first !== digest) note(name, version, { first, later: digest })
      else if (ledger.isImported({ name, version })) known += 1
      else wanted.push({ name, version: { ...one, digest }, isNew: first === undefined })
    }
  }
  for (const { name, version, digests: [one, other] } of index.clashes) {
    const first = ledger.firstOf({ name, version }) ?? one
    if (only === undefined || only.has(name)) note(name, version, { first, later: first === other ? one : other })
  }
  return { wanted, known, changed, left }
}
