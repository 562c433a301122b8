import fc from 'fast-check'
import { digestFromBytes, type IdentityId, isPackageName, type PackageName, sha512FromBytes, type Version, type Voucher } from '#core'
import type { Lock, LockedDependency, LockedPackage } from './lock-file.ts'

const name = fc
  .stringMatching(/^(?:@?[a-z][a-z0-9]{0,8}\/)?[a-z][a-z0-9]{0,8}(?:\.[a-z]{1,5})?$/)
  .filter((text) => isPackageName(text))

const range = fc.stringMatching(/^(?:\*|[~^]?[1-9]\.\d\.\d|>=[1-9]\.\d\.\d <(?:[2-9]|1\d)|[1-3] \|\| [4-9])$/)

const voucher: fc.Arbitrary<Voucher> = fc.oneof(
  fc.stringMatching(/^bafyrei[a-h][a-z2-7]{50}[aeimquy4]$/).map((identity) => ({ identity: identity as IdentityId })),
  fc.stringMatching(/^(?:https:\/\/|file:\/\/\/)[ -~]{1,30}$/).map((source) => ({ source })),
)

const facts = fc.record(
  {
    name,
    version: fc.stringMatching(/^[1-9]\.[1-9]\d?\.[1-9](?:-rc\.[1-9])?(?:\+[a-z]{1,3})?$/) as fc.Arbitrary<Version>,
    digest: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(digestFromBytes),
    sha512: fc.uint8Array({ minLength: 64, maxLength: 64 }).map(sha512FromBytes),
    sizeBytes: fc.nat(),
    dependencies: fc.uniqueArray(fc.record({ name, range }, { noNullPrototype: true }), { selector: (one) => one.name, maxLength: 4 }),
    wanted: fc.option(range, { nil: undefined }),
  },
  { noNullPrototype: true },
)

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)

/** Any package that a lock can name. */
export const anyLocked: fc.Arbitrary<LockedPackage> = fc.tuple(facts, voucher).map(([{ wanted, dependencies, ...rest }, by]) =>
  ({ ...rest, ...by, ...(wanted !== undefined && { wanted }), dependencies: dependencies.toSorted(byName) }))

/** Any lock, in any order. */
export const anyLock: fc.Arbitrary<Lock> = fc.uniqueArray(anyLocked, { selector: (one) => one.name, maxLength: 8 })

/** A package of a lock with few particulars; `needs` are `name@range`. */
export const locked = (
  nameText: string, { version = '1.0.0', wanted, needs = [] }: { readonly version?: string; readonly wanted?: string; readonly needs?: readonly string[] } = {},
): LockedPackage => ({
  name: nameText as PackageName,
  version: version as Version,
  identity: `bafyrei${'a'.repeat(52)}` as IdentityId,
  digest: digestFromBytes(new Uint8Array(32)),
  sha512: sha512FromBytes(new Uint8Array(64)),
  sizeBytes: 7,
  ...(wanted !== undefined && { wanted }),
  dependencies: needs.map(needOf),
})

const needOf = (text: string): LockedDependency => {
  const at = text.indexOf('@', 1)
  return { name: text.slice(0, at) as PackageName, range: text.slice(at + 1) }
}
