import { z } from 'zod'
import { type Digest, GgenError, type IdentityId, isOpId, isPackageName, isVersion, LIMITS, type PackageName, type Version } from '#core'
import { isNpmName, isNpmVersion, type NpmName, type NpmVersion, type VersionSignature } from '#npm'
import { BUNDLE_LIMITS } from './bundle-limits.ts'

/** An npm registry that packages of a bundle come from. */
export interface BundledRegistry {
  /** Its address, with a slash at the end. */
  readonly source: string
  /** It was asked with credentials: what comes from it is told to nobody outside. */
  readonly isPrivate: boolean
  /** The keys that it signs with, as `/-/npm/v1/keys` answers; absent: it names none. */
  readonly keys?: string
}

/** Bytes that are in a bundle. */
export interface BundledBytes {
  readonly digest: Digest
  readonly sizeBytes: number
}

/** One version of a package of an npm registry. */
export interface BundledVersion extends BundledBytes {
  readonly source: string
  readonly name: NpmName
  readonly version: NpmVersion
  /** As the registry says it, sign for sign: what it signs is this text. */
  readonly integrity: string
  readonly signatures: readonly VersionSignature[]
  /** Unix milliseconds, as the registry says. */
  readonly publishedAtMs?: number
}

/** One release of a package of the network: signed, or vouched for by the index of an upstream. */
export type BundledRelease = BundledBytes & { readonly name: PackageName; readonly version: Version } & (
  | { readonly identity: IdentityId; readonly source?: never; readonly records: BundledBytes }
  | { readonly identity?: never; readonly source: string }
)

/** What a bundle says of itself. */
export interface BundleContents {
  /** Unix milliseconds, clock of whoever made it. */
  readonly madeAtMs: number
  readonly registries: readonly BundledRegistry[]
  readonly versions: readonly BundledVersion[]
  readonly releases: readonly BundledRelease[]
}

/** A file in a bundle, named by its bytes. */
export interface BundleFile extends BundledBytes {
  readonly kind: 'records' | 'archive'
}

const FORMAT = 1
const SOURCE_CHARS = 2048
const SIGNATURES = 16
const TEXT_CHARS = 2048
const KEYS_CHARS = 256 * 1024

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a digest').transform((text) => text as Digest)
const size = (mostBytes: number): z.ZodType<number> => z.int().min(0).max(mostBytes)
const source = z.string().min(1).max(SOURCE_CHARS)

const registry = z.strictObject({ source, private: z.boolean(), keys: z.string().max(KEYS_CHARS).exactOptional() })

const version = z.strictObject({
  registry: z.int().min(0).max(BUNDLE_LIMITS.registries),
  name: z.string().refine(isNpmName, 'not the name of an npm package'),
  version: z.string().refine(isNpmVersion, 'not a version'),
  integrity: z.string().min(1).max(TEXT_CHARS),
  signatures: z.array(z.strictObject({ keyid: z.string().max(TEXT_CHARS), sig: z.string().max(TEXT_CHARS) })).max(SIGNATURES),
  publishedAt: z.int().exactOptional(),
  digest, size: size(BUNDLE_LIMITS.archiveBytes),
})

const named = {
  name: z.string().refine(isPackageName, 'not the name of a package'),
  version: z.string().refine(isVersion, 'not a version'),
  digest, size: size(LIMITS.archiveBytes),
}

const release = z.union([
  z.strictObject({
    ...named, identity: z.string().refine(isOpId, 'not an identity'), records: z.strictObject({ digest, size: size(BUNDLE_LIMITS.recordsBytes) }),
  }),
  z.strictObject({ ...named, source }),
])

const contents = z.strictObject({
  format: z.literal(FORMAT),
  madeAt: z.int().min(0),
  registries: z.array(registry).max(BUNDLE_LIMITS.registries),
  npm: z.array(version).max(BUNDLE_LIMITS.packages),
  packages: z.array(release).max(BUNDLE_LIMITS.packages),
})

type Written = z.input<typeof contents>

/** The refusal `bundle-broken`. */
export const brokenBundle = (
  what: string, { cause, packages, hint }: { readonly cause?: unknown; readonly packages?: readonly string[]; readonly hint?: string } = {},
): GgenError => {
  return new GgenError('bundle-broken', what, {
    ...(cause !== undefined && { cause }), ...(hint !== undefined && { hint }), ...(packages !== undefined && { details: { packages } }),
  })
}

/** The JSON by which a bundle says what is in it. */
export const writeContents = ({ madeAtMs, registries, versions, releases }: BundleContents): string => {
  const places = new Map(registries.map((one, place) => [one.source, place]))
  const written: Written = {
    format: FORMAT,
    madeAt: madeAtMs,
    registries: registries.map(({ isPrivate, ...one }) => ({ ...one, private: isPrivate })),
    npm: versions.map(({ source: from, sizeBytes, publishedAtMs, signatures, ...one }) => ({
      registry: places.get(from) ?? -1, ...one, signatures: [...signatures], size: sizeBytes,
      ...(publishedAtMs !== undefined && { publishedAt: publishedAtMs }),
    })),
    packages: releases.map(({ sizeBytes, ...one }) => {
      if (one.identity === undefined) return { ...one, size: sizeBytes }
      return { ...one, size: sizeBytes, records: { digest: one.records.digest, size: one.records.sizeBytes } }
    }),
  }
  return JSON.stringify(written)
}

/** Reads what `writeContents` wrote. Throws `bundle-broken`. */
export const parseContents = (text: string): BundleContents => {
  const result = contents.safeParse(parseJson(text))
  if (!result.success) {
    const issue = result.error.issues[0]
    throw brokenBundle(`what the bundle says of itself cannot be read: ${(issue?.path ?? []).map(String).join('.')}: ${issue?.message ?? 'not understood'}`)
  }
  const { madeAt, registries, npm, packages } = result.data
  return {
    madeAtMs: madeAt,
    registries: registries.map(({ private: isPrivate, ...one }) => ({ ...one, isPrivate })),
    versions: npm.map(({ registry: place, size: sizeBytes, publishedAt, ...one }) => {
      const from = registries[place]?.source
      if (from === undefined) throw brokenBundle(`the bundle does not say where ${one.name}@${one.version} comes from`)
      return { ...one, source: from, sizeBytes, ...(publishedAt !== undefined && { publishedAtMs: publishedAt }) }
    }),
    releases: packages.map((one): BundledRelease => {
      const { name, version: number, digest: of, size: sizeBytes } = one
      const what = { name, version: number, digest: of, sizeBytes }
      if (!('identity' in one)) return { ...what, source: one.source }
      return { ...what, identity: one.identity as IdentityId, records: { digest: one.records.digest, sizeBytes: one.records.size } }
    }),
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw brokenBundle('what the bundle says of itself is not JSON', { cause })
  }
}

/** The files of a bundle, each once, in the order in which they lie in it. Throws `bundle-broken` where it says of the same bytes that they are different. */
export const filesOf = ({ versions, releases }: BundleContents): readonly BundleFile[] => {
  const files = new Map<Digest, BundleFile>()
  const add = (kind: BundleFile['kind'], { digest: of, sizeBytes }: BundledBytes): void => {
    const known = files.get(of)
    if (known !== undefined && (known.sizeBytes !== sizeBytes || known.kind !== kind)) throw brokenBundle(`the bundle contradicts itself on ${of}`)
    files.set(of, { kind, digest: of, sizeBytes })
  }
  for (const one of releases) if (one.identity !== undefined) add('records', one.records)
  for (const one of [...releases, ...versions]) add('archive', one)
  const records = [...files.values()].filter(({ kind }) => kind === 'records').reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (records > BUNDLE_LIMITS.allRecordsBytes) throw brokenBundle(`the bundle has more than ${BUNDLE_LIMITS.allRecordsBytes} bytes of signed records`)
  return [...files.values()]
}

/** What people call the packages that need one of these files. */
export const packagesOf = ({ versions, releases }: BundleContents, of: ReadonlySet<Digest>): readonly string[] =>
  [...releases, ...versions]
    .filter((one) => of.has(one.digest) || ('records' in one && of.has(one.records.digest)))
    .map(({ name, version: number }) => `${name}@${number}`)
