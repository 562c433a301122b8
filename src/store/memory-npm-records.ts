import { type Digest, NPM_LIMITS, type ServedTarball, type Sha512 } from '#core'
import type {
  DocumentHead, DocumentKey, KnownKeys, KnownRelease, KnownTarball, NewTarball, NpmRecords, NpmRoom, ReleaseKey,
} from './npm-records.ts'
import { storeClosed } from './refusals.ts'

/** Records that live as long as the process. Indistinguishable from those on disk, apart from being forgotten. */
export const memoryNpmRecords = (room: NpmRoom = {}): NpmRecords => new MemoryNpmRecords(room)

interface KeptDocument {
  readonly head: DocumentHead
  readonly forms: ReadonlyMap<string, Uint8Array>
  readonly bytes: number
}

type Signing = ReturnType<NpmRecords['signing']>

class MemoryNpmRecords implements NpmRecords {
  readonly #room: Required<NpmRoom>
  /** Each of these in the order in which they were noted. */
  readonly #tarballs = new Map<Sha512, NewTarball>()
  readonly #releases = new Map<string, KnownRelease>()
  readonly #seen = new Map<string, number>()
  readonly #signing = new Map<string, Signing>()
  readonly #keys = new Map<string, KnownKeys>()
  #served: readonly ServedTarball[] = []
  /** Used longest ago first. */
  readonly #documents = new Map<string, KeptDocument>()
  #bytes = 0
  #closed = false

  constructor(room: NpmRoom) {
    this.#room = { ...NPM_LIMITS, ...room }
  }

  tarball(sha512: Sha512): KnownTarball | undefined {
    this.#assertOpen()
    const known = this.#tarballs.get(sha512)
    return known && { digest: known.digest, sizeBytes: known.sizeBytes, isPrivate: known.isPrivate }
  }

  sha512Of(sha1: string): Sha512 | undefined {
    this.#assertOpen()
    const [first, ...others] = [...this.#tarballs.values()].filter((known) => known.sha1.toLowerCase() === sha1.toLowerCase())
    return others.length === 0 ? first?.sha512 : undefined
  }

  release(source: string, name: string, version: string): KnownRelease | undefined {
    this.#assertOpen()
    return this.#releases.get(placeOf({ source, name, version }))
  }

  noteTarball(tarball: NewTarball, of?: ReleaseKey): void {
    this.#assertOpen()
    const known = this.#tarballs.get(tarball.sha512)
    this.#tarballs.set(tarball.sha512, known === undefined ? { ...tarball } : { ...known, isPrivate: known.isPrivate && tarball.isPrivate })
    if (of !== undefined) this.#releases.set(placeOf(of), { sha512: tarball.sha512 })
    dropFirst(this.#tarballs, this.#room.knownTarballs)
    dropFirst(this.#releases, this.#room.seenReleases)
  }

  isPrivate(digest: Digest): boolean {
    this.#assertOpen()
    const known = [...this.#tarballs.values()].filter((tarball) => tarball.digest === digest)
    return known.length > 0 && known.every(({ isPrivate }) => isPrivate)
  }

  document(key: DocumentKey): DocumentHead | undefined {
    this.#assertOpen()
    const place = placeOfDocument(key)
    const kept = this.#documents.get(place)
    if (kept === undefined) return undefined
    this.#documents.delete(place)
    this.#documents.set(place, kept)
    return { ...kept.head }
  }

  form(key: DocumentKey, form: string): Uint8Array | undefined {
    this.#assertOpen()
    const bytes = this.#documents.get(placeOfDocument(key))?.forms.get(form)
    return bytes && Uint8Array.from(bytes)
  }

  putDocument(key: DocumentKey, head: DocumentHead, forms: ReadonlyMap<string, Uint8Array>): void {
    this.dropDocument(key)
    const copies = new Map([...forms].map(([form, bytes]) => [form, Uint8Array.from(bytes)]))
    if (bytesOf(copies) <= this.#room.documentsQuotaBytes) this.#keep(placeOfDocument(key), { head: { ...head }, forms: copies })
  }

  putForm(key: DocumentKey, of: DocumentHead, form: { readonly name: string; readonly bytes: Uint8Array }): void {
    this.#assertOpen()
    const kept = this.#documents.get(placeOfDocument(key))
    if (kept?.head.etag !== of.etag) return
    const forms = new Map([...kept.forms, [form.name, Uint8Array.from(form.bytes)]])
    if (bytesOf(forms) <= this.#room.documentsQuotaBytes) this.#keep(placeOfDocument(key), { head: kept.head, forms })
  }

  renewDocument(key: DocumentKey, head: DocumentHead): void {
    this.#assertOpen()
    const kept = this.#documents.get(placeOfDocument(key))
    if (kept?.head.etag === head.etag) this.#documents.set(placeOfDocument(key), { ...kept, head: { ...head } })
  }

  dropDocument(key: DocumentKey): void {
    this.#assertOpen()
    this.#drop(placeOfDocument(key))
  }

  firstSeen(release: ReleaseKey, now: number): number {
    this.#assertOpen()
    const seen = this.#seen.get(placeOf(release))
    if (seen !== undefined) return seen
    this.#seen.set(placeOf(release), now)
    dropFirst(this.#seen, this.#room.seenReleases)
    return now
  }

  signing(source: string): Signing {
    this.#assertOpen()
    return this.#signing.get(source) ?? { signed: 0, unsigned: 0 }
  }

  noteSigning(source: string, isSigned: boolean): void {
    const { signed, unsigned } = this.signing(source)
    this.#signing.set(source, { signed: signed + (isSigned ? 1 : 0), unsigned: unsigned + (isSigned ? 0 : 1) })
    dropFirst(this.#signing, this.#room.knownSources)
  }

  keys(source: string): KnownKeys | undefined {
    this.#assertOpen()
    const known = this.#keys.get(source)
    return known && { ...known }
  }

  putKeys(source: string, keys: KnownKeys): void {
    this.#assertOpen()
    this.#keys.set(source, { ...keys })
    dropFirst(this.#keys, this.#room.knownSources)
  }

  noteServed(served: ServedTarball): void {
    this.#assertOpen()
    this.#served = [...this.#served, { ...served }].slice(-this.#room.served)
  }

  servedSince(at: number): readonly ServedTarball[] {
    this.#assertOpen()
    return this.#served.filter((served) => served.at >= at).sort((a, b) => a.at - b.at).map((served) => ({ ...served }))
  }

  usage(): { readonly documents: number; readonly bytes: number } {
    this.#assertOpen()
    return { documents: this.#documents.size, bytes: this.#bytes }
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  /** One that is there already stays where it is in the order of uses. */
  #keep(place: string, { head, forms }: Omit<KeptDocument, 'bytes'>): void {
    const bytes = bytesOf(forms)
    this.#bytes += bytes - (this.#documents.get(place)?.bytes ?? 0)
    this.#documents.set(place, { head, forms, bytes })
    for (const other of this.#documents.keys()) {
      if (this.#bytes <= this.#room.documentsQuotaBytes && this.#documents.size <= this.#room.knownDocuments) return
      if (other !== place) this.#drop(other)
    }
  }

  #drop(place: string): void {
    this.#bytes -= this.#documents.get(place)?.bytes ?? 0
    this.#documents.delete(place)
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}

const placeOf = ({ source, name, version }: ReleaseKey): string => JSON.stringify([source, name, version])

const placeOfDocument = ({ source, name, kind }: DocumentKey): string => JSON.stringify([source, name, kind])

const bytesOf = (forms: ReadonlyMap<string, Uint8Array>): number => [...forms.values()].reduce((sum, { length }) => sum + length, 0)

const dropFirst = <K>(map: Map<K, unknown>, atMost: number): void => {
  for (const key of map.keys()) {
    if (map.size <= atMost) return
    map.delete(key)
  }
}
