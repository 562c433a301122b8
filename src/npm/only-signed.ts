import { parseShasum } from './integrity.ts'
import { isNpmName } from './npm-name.ts'
import { isNpmVersion } from './npm-version.ts'
import type { RegistryKey } from './registry-keys.ts'
import { type VersionSignature, verifyVersion } from './registry-signatures.ts'

/** The part of a version in a registry's document that is looked at. */
export interface SignedManifest {
  readonly name?: string
  readonly version?: string
  readonly dist?: { readonly integrity?: string; readonly shasum?: string; readonly signatures?: readonly VersionSignature[] }
}

/** The part of a registry's document on a package that is looked at. */
export interface SignedDocument {
  readonly name: string
  readonly versions: Readonly<Record<string, SignedManifest>>
  readonly 'dist-tags': Readonly<Record<string, string>>
  /** Times of publishing, besides `created` and `modified`. */
  readonly time?: Readonly<Record<string, string>>
}

export interface OnlySigned<Document> {
  readonly document: Document
  readonly droppedCount: number
}

/** Old versions have a SHA-1 alone, and npm takes that for their integrity. */
const signedIntegrity = ({ integrity, shasum = '' }: NonNullable<SignedManifest['dist']>): string | undefined => {
  if (integrity !== undefined && integrity !== '') return integrity
  return /^[0-9a-f]{40}$/i.test(shasum) ? parseShasum(shasum) : undefined
}

const timeOf = ({ time }: SignedDocument, version: string): number | undefined => {
  const atMs = time !== undefined && Object.hasOwn(time, version) ? Date.parse(time[version] ?? '') : Number.NaN
  return Number.isNaN(atMs) ? undefined : atMs
}

const isSigned = (document: SignedDocument, version: string, keys: readonly RegistryKey[]): boolean => {
  const { name } = document
  const manifest = document.versions[version]
  if (!isNpmName(name) || !isNpmVersion(version) || manifest?.dist === undefined) return false
  // A client believes what the manifest calls itself.
  if ((manifest.name ?? name) !== name || (manifest.version ?? version) !== version) return false
  const integrity = signedIntegrity(manifest.dist)
  const { signatures = [] } = manifest.dist
  return integrity !== undefined && verifyVersion({ name, version, integrity, signatures }, keys, timeOf(document, version)) === 'verified'
}

const pick = <Value>(record: Readonly<Record<string, Value>>, isKept: (key: string, value: Value) => boolean): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(record).filter(([key, value]) => isKept(key, value)))

/**
 * The same document with those versions alone that the registry of these keys signed, their times, and the tags that lead to them. A signature speaks for the
 * bytes of a version; nothing speaks for the rest of the document. A document of thousands of versions takes tenths of a second.
 */
export const onlySigned = <Document extends SignedDocument>(document: Document, keys: readonly RegistryKey[]): OnlySigned<Document> => {
  const all = Object.keys(document.versions)
  const signed = new Set(all.filter((version) => isSigned(document, version, keys)))
  const dropped = new Set(all.filter((version) => !signed.has(version)))
  const { versions, 'dist-tags': tags, time } = document
  return {
    document: {
      ...document,
      versions: pick(versions, (version) => signed.has(version)),
      'dist-tags': pick(tags, (_, version) => signed.has(version)),
      ...(time !== undefined && { time: pick(time, (version) => !dropped.has(version)) }),
    },
    droppedCount: dropped.size,
  }
}
