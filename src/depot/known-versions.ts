import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { decodeIndex, type NpmName, type VersionIndex } from '#npm'
import type { DocumentHead, NpmRecords } from '#store'
import { INDEX, UNCHANGED } from './form-names.ts'

/** A document that is here. */
export interface KnownDocument {
  readonly kind: 'full' | 'abbreviated'
  readonly head: DocumentHead
}

const unpack = promisify(gunzip)

/** Tags are looked up in documents up to this size, packed: larger ones would hold everybody up. */
const TAGGED_BYTES = 4 * 1024 * 1024

/** What is here of the document of a package: the newer one of its two kinds. */
export const knownDocument = (records: NpmRecords, source: string, name: NpmName): KnownDocument | undefined =>
  (['full', 'abbreviated'] as const).flatMap((kind): KnownDocument[] => {
    const head = records.document({ source, name, kind })
    return head === undefined ? [] : [{ kind, head }]
  }).toSorted((a, b) => b.head.checkedAt - a.head.checkedAt)[0]

/** The versions that it names. */
export const knownVersions = (records: NpmRecords, source: string, name: NpmName): VersionIndex => {
  const kind = knownDocument(records, source, name)?.kind
  const bytes = kind === undefined ? undefined : records.form({ source, name, kind }, INDEX)
  return bytes === undefined ? new Map() : decodeIndex(bytes)
}

/** The version that a tag means by what is here; `undefined`: nothing here says so. */
export const knownTag = async (records: NpmRecords, { source, name, tag }: { readonly source: string; readonly name: NpmName; readonly tag: string }): Promise<
  string | undefined
> => {
  const kind = knownDocument(records, source, name)?.kind
  const bytes = kind === undefined ? undefined : records.form({ source, name, kind }, UNCHANGED)
  if (bytes === undefined || bytes.length > TAGGED_BYTES) return undefined
  const { 'dist-tags': tags } = JSON.parse((await unpack(bytes)).toString('utf8')) as { readonly 'dist-tags'?: Readonly<Record<string, unknown>> }
  const version = Object.hasOwn(Object(tags) as object, tag) ? tags?.[tag] : undefined
  return typeof version === 'string' ? version : undefined
}
