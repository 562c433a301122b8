import { type Digest, digestBytes, digestFromBytes, NPM_LIMITS, type Sha512, sha512FromBytes } from '#core'
import { asBytes, asList, asMap, asText, asUint, decodeMessage, encodeMessage, type Fields, frameInvalid, taken } from './fields.ts'

/** The question over `/ggen/npm/1`. */
export interface NpmQuestion {
  /** Archives by the hash that lock files and documents name; at most `NPM_LIMITS.askedTarballs`. */
  readonly tarballs: readonly Sha512[]
  /** At most `NPM_LIMITS.askedDocuments`. */
  readonly documents: readonly AskedDocument[]
  /** So many of the first archives are wanted in the answer itself, as far as they are small and there is room. */
  readonly enclose: number
  /** About copies that are kept for who asks. Only asked within a private network. */
  readonly keep?: KeepWord
}

/**
 * `ask`: which of these archives do you keep for me? · `take`: keep these for me from now on, those that are there and the others from me · `drop`: these need
 * not stay for me any more.
 */
export type KeepWord = (typeof KEEP_WORDS)[number]

/** The document of a package as one registry sends it. */
export interface AskedDocument {
  /** The address of the registry: 1 to `NPM_LIMITS.sourceBytes` bytes in UTF-8. */
  readonly source: string
  /** 1 to `NPM_LIMITS.nameBytes` bytes in UTF-8. */
  readonly name: string
}

/** A blob that is held. A claim: the asker checks the bytes by the SHA-512 that it asked for. */
export interface HeldTarball {
  readonly digest: Digest
  readonly sizeBytes: number
}

/** A version whose archive is held. A claim, but for its signatures: whoever has the keys of the registry knows what they speak for. */
export interface HeldVersion {
  /** As the registry spells it; so is the integrity that it signed. */
  readonly version: string
  readonly integrity: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
  /** When the registry says that it came out, Unix milliseconds. */
  readonly at?: number
}

/** What is held of a package: its newest versions, and the keys that its registry showed. */
export interface HeldDocument {
  /** At most `NPM_LIMITS.heldVersions`. */
  readonly versions: readonly HeldVersion[]
  /** As `/-/npm/v1/keys` lists them. */
  readonly keys?: string
}

/** The answer over `/ggen/npm/1`; bytes in docs/protocol/npm.md. */
export interface NpmAnswer {
  /** One an archive of the question, in its order; `coming`: it is being fetched just now, ask again soon; `undefined`: nothing of it is held. */
  readonly tarballs: readonly (HeldTarball | 'coming' | undefined)[]
  /** Whole archives by their place in the question: those that were wanted enclosed and are small, as far as there was room. Not checked by anybody yet. */
  readonly enclosed: ReadonlyMap<number, Uint8Array>
  /** One a document of the question, in its order. */
  readonly documents: readonly (HeldDocument | undefined)[]
}

const KEEP_WORDS = ['ask', 'take', 'drop'] as const

const NONE = 0
const HELD = 1
const COMING = 2
const ENCLOSED = 3

/** Bytes of a question. */
export const encodeNpmQuestion = ({ tarballs, documents, enclose, keep }: NpmQuestion): Uint8Array =>
  encodeMessage({
    ...(keep !== undefined && { keep }),
    tarballs: tarballs.map((sha512) => Uint8Array.from(Buffer.from(sha512, 'hex'))),
    documents: documents.map(({ source, name }) => ({ source, name })),
    enclose,
  })

/** Parses a question; throws `frame-invalid`. */
export const decodeNpmQuestion = (bytes: Uint8Array): NpmQuestion => {
  const fields = decodeMessage(bytes, ['tarballs', 'documents', 'enclose'], ['keep'])
  const keep = fields['keep'] === undefined ? undefined : asKeepWord(fields['keep'])
  const tarballs = asList(fields['tarballs'], NPM_LIMITS.askedTarballs, (sha512) => sha512FromBytes(asBytes(sha512, 64, 64)))
  const documents = asList(fields['documents'], NPM_LIMITS.askedDocuments, asAsked)
  return { tarballs, documents, enclose: asUint(fields['enclose'], tarballs.length), ...(keep !== undefined && { keep }) }
}

const asKeepWord = (value: unknown): KeepWord => {
  const word = KEEP_WORDS.find((one) => one === value)
  if (word === undefined) throw frameInvalid('keep is ask, take, drop, or absent')
  return word
}

const asAsked = (value: unknown): AskedDocument => {
  const { source, name } = asMap(value, ['source', 'name'])
  return { source: asWord(source, NPM_LIMITS.sourceBytes), name: asWord(name, NPM_LIMITS.nameBytes) }
}

/** Text of 1 to `maxBytes` bytes in UTF-8. */
const asWord = (value: unknown, maxBytes: number): string => {
  const text = asText(value, maxBytes)
  if (text === '' || Buffer.byteLength(text) > maxBytes) throw frameInvalid('text that is empty or too long')
  return text
}

/** Bytes of an answer. */
export const encodeNpmAnswer = ({ tarballs, enclosed, documents }: NpmAnswer): Uint8Array => {
  const held = tarballs.filter((tarball) => typeof tarball === 'object')
  return encodeMessage({
    tarballs: Uint8Array.from(tarballs, (tarball, index) => kindOf(tarball, enclosed.has(index))),
    digests: held.map(({ digest }) => digestBytes(digest)),
    sizes: held.map(({ sizeBytes }) => sizeBytes),
    enclosed: tarballs.flatMap((tarball, index) => (typeof tarball === 'object' ? enclosed.get(index) ?? [] : [])),
    documents: documents.map((document) => (document === undefined ? null : spellDocument(document))),
  })
}

const kindOf = (tarball: NpmAnswer['tarballs'][number], isEnclosed: boolean): number => {
  if (tarball === undefined) return NONE
  if (tarball === 'coming') return COMING
  return isEnclosed ? ENCLOSED : HELD
}

const spellDocument = ({ versions, keys }: HeldDocument): Fields => ({
  keys: keys ?? null,
  versions: versions.map(({ version, integrity, signatures, at }) =>
    ({ at: at ?? null, integrity, version, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })) })),
})

/** How much was asked: archives, documents, and how many of the first archives were wanted enclosed. */
export interface NpmAsked {
  readonly tarballs: number
  readonly documents: number
  readonly enclose: number
}

/** Parses the answer to a question for so much; throws `frame-invalid`. */
export const decodeNpmAnswer = (bytes: Uint8Array, asked: NpmAsked): NpmAnswer => {
  const fields = decodeMessage(bytes, ['tarballs', 'digests', 'sizes', 'enclosed', 'documents'])
  const kinds = asBytes(fields['tarballs'], asked.tarballs, asked.tarballs)
  const digests = asList(fields['digests'], asked.tarballs, asDigest).values()
  const sizes = asList(fields['sizes'], asked.tarballs, (size) => asUint(size, NPM_LIMITS.tarballBytes)).values()
  const given = asList(fields['enclosed'], asked.enclose, (bytesOf) => asBytes(bytesOf, 1, NPM_LIMITS.enclosedTarballBytes)).values()
  const enclosed = new Map<number, Uint8Array>()
  const tarballs = Array.from(kinds, (kind, index) => {
    if (kind === NONE) return undefined
    if (kind === COMING) return 'coming'
    if (kind > ENCLOSED) throw frameInvalid('an archive is 0, 1, 2 or 3')
    const held = { digest: taken(digests, 'a digest'), sizeBytes: taken(sizes, 'a size') }
    if (kind === ENCLOSED) enclosed.set(index, asEnclosed(taken(given, 'an enclosure'), held, index < asked.enclose))
    return held
  })
  for (const list of [digests, sizes, given]) if (list.next().done !== true) throw frameInvalid('more digests, sizes or enclosures than archives')
  const documents = asList(fields['documents'], asked.documents, (document) => (document === null ? undefined : asDocument(document)))
  if (documents.length !== asked.documents) throw frameInvalid('fewer documents than were asked for')
  return { tarballs, enclosed, documents }
}

const asDigest = (value: unknown): Digest => digestFromBytes(asBytes(value, 32, 32))

const asEnclosed = (bytes: Uint8Array, { sizeBytes }: HeldTarball, isWanted: boolean): Uint8Array => {
  if (!isWanted || bytes.length !== sizeBytes) throw frameInvalid('an enclosure that nobody asked for, or of another size')
  return bytes
}

const asDocument = (value: unknown): HeldDocument => {
  const { versions, keys } = asMap(value, ['versions', 'keys'])
  return { versions: asList(versions, NPM_LIMITS.heldVersions, asHeldVersion), ...(keys !== null && { keys: asWord(keys, NPM_LIMITS.heldKeysBytes) }) }
}

const asHeldVersion = (value: unknown): HeldVersion => {
  const { version, integrity, signatures, at } = asMap(value, ['version', 'integrity', 'signatures', 'at'])
  return {
    version: asWord(version, NPM_LIMITS.heldVersionBytes),
    integrity: asWord(integrity, NPM_LIMITS.heldIntegrityBytes),
    signatures: asList(signatures, NPM_LIMITS.heldSignatures, asSignature),
    ...(at !== null && { at: asUint(at, Number.MAX_SAFE_INTEGER) }),
  }
}

const asSignature = (value: unknown): HeldVersion['signatures'][number] => {
  const { keyid, sig } = asMap(value, ['keyid', 'sig'])
  return { keyid: asWord(keyid, NPM_LIMITS.heldKeyIdBytes), sig: asWord(sig, NPM_LIMITS.heldSignatureBytes) }
}
