import type { Digest, ServedTarball, Sha512 } from '#core'

/**
 * What is known of the packages of npm registries: which bytes their versions are, and the documents that describe them. Everything in it can be had again,
 * so the last writes may be lost in a power failure (SQLite `synchronous=NORMAL`). Synchronous. A `source` is the address of a registry, a `name` that of a
 * package, both as the caller spells them, up to 2 KiB. Every method may throw `store-broken`, those that change something `disk-full`, and all of them
 * `cancelled` after disposing. Bytes given and returned are the caller's own.
 */
export interface NpmRecords extends Disposable {
  /** The blob that has this SHA-512, as far as it is known; whether it is held, the blob store says. */
  tarball(sha512: Sha512): KnownTarball | undefined
  /** The SHA-512 of bytes of which only the SHA-1 (40 hexadecimal digits) is known; `undefined` where two have the same. */
  sha512Of(sha1: string): Sha512 | undefined
  /** Which bytes a version is. */
  release(source: string, name: string, version: string): KnownRelease | undefined
  /**
   * Remembers bytes, and which version they are where that is given: noted again, a version is the newer bytes. What was known of the same SHA-512 stays,
   * but what was private and came without credentials now is not private any more. Those noted first go where there are more than may be.
   */
  noteTarball(tarball: NewTarball, of?: ReleaseKey): void
  /** Whether nobody outside may have this blob: all that is known of it came with credentials. false where nothing is known. */
  isPrivate(digest: Digest): boolean

  /** What is known of a document; asking counts as using it. */
  document(key: DocumentKey): DocumentHead | undefined
  /** One form of it, as it was put. */
  form(key: DocumentKey, form: string): Uint8Array | undefined
  /**
   * Takes the place of what was there, with all its forms. The documents used longest ago go where there is no room; one that is larger than all the room
   * is not kept.
   */
  putDocument(key: DocumentKey, head: DocumentHead, forms: ReadonlyMap<string, Uint8Array>): void
  /** Adds a form to a document that is here; does nothing where it was replaced by another (another `etag`) or dropped meanwhile, or gets too large. */
  putForm(key: DocumentKey, of: DocumentHead, form: { readonly name: string; readonly bytes: Uint8Array }): void
  /** The registry said that it is still as it was: the head is replaced, the forms stay. Does nothing where the `etag` differs. */
  renewDocument(key: DocumentKey, head: DocumentHead): void
  dropDocument(key: DocumentKey): void

  /** When a version was seen here for the first time, Unix milliseconds: `now` where it was not before. */
  firstSeen(release: ReleaseKey, now: number): number
  /** How many documents of a source came with signatures on every version, and how many did not. */
  signing(source: string): { readonly signed: number; readonly unsigned: number }
  noteSigning(source: string, isSigned: boolean): void

  /** The keys that a source signs with, as far as it was asked for them. */
  keys(source: string): KnownKeys | undefined
  putKeys(source: string, keys: KnownKeys): void

  /** Remembers how an archive was served; the oldest of more than `NPM_LIMITS.served` go. */
  noteServed(served: ServedTarball): void
  /** Those since a time (Unix milliseconds), oldest first. */
  servedSince(at: number): readonly ServedTarball[]
  /** How many documents there are, and the bytes of all their forms. */
  usage(): { readonly documents: number; readonly bytes: number }
}

/** How much is remembered, where it is not what `NPM_LIMITS` says. */
export type NpmRoom = Readonly<Partial<Record<
  'documentsQuotaBytes' | 'knownDocuments' | 'knownTarballs' | 'seenReleases' | 'knownSources' | 'served', number
>>>

export interface ReleaseKey {
  readonly source: string
  readonly name: string
  readonly version: string
}

/** A package document has two kinds: everything, and what an install needs. */
export interface DocumentKey {
  readonly source: string
  readonly name: string
  readonly kind: 'full' | 'abbreviated'
}

export interface DocumentHead {
  /** Of our answer: changes whenever the document does. */
  readonly etag: string
  /** What the upstream wants to be asked with. */
  readonly upstreamEtag?: string
  readonly lastModified?: string
  /** When the package was changed last, as the document says, Unix milliseconds. */
  readonly modifiedAt?: number
  /** When the upstream last said that it is so, Unix milliseconds. */
  readonly checkedAt: number
  /** How long that may be believed without asking. */
  readonly freshMs: number
  /** It came with credentials: nobody outside hears of it. */
  readonly isPrivate: boolean
  /** Every version in it is signed. */
  readonly isSigned: boolean
  /** Which keys of its source it was checked with; absent: none were known. */
  readonly checkedWith?: string
}

export interface KnownKeys {
  /** As the caller spells them, up to 256 KiB. */
  readonly keys: string
  /** When the source was asked for them last, Unix milliseconds. */
  readonly askedAt: number
}

export interface KnownTarball {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly isPrivate: boolean
}

export interface NewTarball extends KnownTarball {
  readonly sha512: Sha512
  /** 40 hexadecimal digits. */
  readonly sha1: string
}

export interface KnownRelease {
  readonly sha512: Sha512
}
