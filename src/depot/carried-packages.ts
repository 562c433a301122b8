import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { isGgenError, NPM_LIMITS } from '#core'
import {
  type FormJob, type MadeForm, type MadePackage, makeDocument, type NpmName, type NpmVersion, type PackageDocument, publishedAt, readPackageDocument,
  signaturesOf, signedIntegrityOf, tagsOf, type VersionSignature, withTarballsAt,
} from '#npm'
import { isFailure } from '#registry'
import type { DocumentKey, NewTarball, NpmRecords, ReleaseKey } from '#store'
import type { Documents } from './documents.ts'
import { INDEX, UNCHANGED } from './form-names.ts'
import type { SourceAddress, Sources } from './source.ts'
import type { SourceKeys } from './source-keys.ts'
import type { HeldTarball, Tarballs, TarballWish } from './tarballs.ts'

export interface CarriedPackageParts {
  readonly records: NpmRecords
  readonly sources: Sources
  readonly documents: Documents
  readonly tarballs: Tarballs
  readonly keys: SourceKeys
  /** Absent: every name belongs to a registry. */
  readonly ofNetwork?: { readonly has: (name: NpmName) => boolean }
  /** Makes a document ready, wherever that holds nobody up. */
  readonly makeForm: (job: FormJob, signal: AbortSignal) => Promise<MadeForm>
}

/** What a registry says of a version, apart from what its archive says itself. */
export interface SaidVersion {
  /** Sign for sign as the registry says it; absent: it does not. */
  readonly integrity?: string
  readonly signatures: readonly VersionSignature[]
  readonly publishedAtMs?: number
}

/** A document that is made from archives, and where these are. */
export interface CarriedDocument extends SourceAddress {
  readonly made: Omit<MadePackage, 'tags' | 'maintainers'>
}

const unpack = promisify(gunzip)

/** Packages of npm registries, on their way to a place without a network and from there. */
export class CarriedPackages {
  readonly #parts: CarriedPackageParts

  constructor(parts: CarriedPackageParts) {
    this.#parts = parts
  }

  /** Whether a name belongs to the network, and to no registry. */
  isOfNetwork(name: NpmName): boolean {
    return this.#parts.ofNetwork?.has(name) === true
  }

  /** Which registry has a name here. */
  sourceOf(name: NpmName): SourceAddress {
    return this.#parts.sources.of(name)
  }

  /** Brings an archive here where it is not; resolves when it is in the store. Throws as `Tarballs.hold`. */
  hold(wish: TarballWish, signal: AbortSignal): Promise<HeldTarball> {
    return this.#parts.tarballs.hold(this.#parts.sources.of(wish.name), wish, signal)
  }

  /** What the registry says of the versions of a package, as far as it is known or to be had: of a version that is missing, nobody says anything. */
  async saidOf(name: NpmName, signal: AbortSignal): Promise<ReadonlyMap<string, SaidVersion>> {
    const document = await this.#document(name, signal)
    if (document === undefined) return new Map()
    return new Map(Object.entries(document.versions).map(([version, { dist }]): [string, SaidVersion] => {
      const [integrity, publishedAtMs] = [signedIntegrityOf(dist), publishedAt(document, version)]
      const said = { ...(integrity !== undefined && { integrity }), ...(publishedAtMs !== undefined && { publishedAtMs }) }
      return [version, { ...said, signatures: signaturesOf(dist) ?? [] }]
    }))
  }

  /** The keys that the registry of a name signs with, as `writeRegistryKeys` writes them, asked for where they are not known; `undefined`: nobody says. */
  async keysFor(name: NpmName, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#parts.keys.of(this.#parts.sources.of(name), signal))?.text
  }

  /** The keys that are known of a registry, without asking anybody. */
  knownKeys(source: string): string | undefined {
    return this.#parts.keys.known({ id: source })?.text
  }

  /** Whether a registry has signed what came from it before. */
  hasSigned(source: string): boolean {
    return this.#parts.records.signing(source).signed > 0
  }

  /** From now on a registry is known by these keys; it is asked itself as soon as it can be. */
  believeKeys(source: string, keys: string): void {
    this.#parts.records.putKeys(source, { keys, askedAt: 0 })
  }

  /** Remembers an archive that is in the store, and of which version it is where somebody answers for that. */
  take(tarball: NewTarball, of?: ReleaseKey): void {
    this.#parts.records.noteTarball(tarball, of)
  }

  /**
   * Makes the document of a package out of its archives, where its registry has given none: it is served until the registry can be asked. What was made so
   * before stays in it. Throws as `makeForm`, `store-broken`, `disk-full`.
   */
  async takeDocument({ id, isPrivate, made: { name, versions } }: CarriedDocument, signal: AbortSignal): Promise<void> {
    const { records, makeForm, keys } = this.#parts
    const key: DocumentKey = { source: id, name, kind: 'full' }
    const known = records.document(key) ?? records.document({ ...key, kind: 'abbreviated' })
    if (known !== undefined && known.checkedAt !== MADE_HERE) return
    const fresh = withTarballsAt(makeDocument({ name, versions, tags: {}, maintainers: [] }), id)
    const document = mergeMade(await this.#kept(key, name), fresh)
    const bytes = Buffer.from(JSON.stringify(document))
    const form = await makeForm({ name, bytes, isGzip: false, isAbbreviated: false, tarballsAt: 'upstream' }, signal)
    const checkedWith = keys.known({ id })?.tag
    const { etag, isSigned, modifiedAt } = form
    const head = { etag, isPrivate, isSigned, checkedAt: MADE_HERE, freshMs: 0, ...(modifiedAt !== undefined && { modifiedAt }) }
    records.putDocument(key, { ...head, ...(checkedWith !== undefined && { checkedWith }) }, new Map([[UNCHANGED, form.gzip], [INDEX, form.index]]))
  }

  async #kept(key: DocumentKey, name: NpmName): Promise<PackageDocument | undefined> {
    const kept = this.#parts.records.form(key, UNCHANGED)
    return kept && (await read(kept, name))
  }

  /** Where nobody says anything of a package, that is no fault: its archive counts by its hash. */
  async #document(name: NpmName, signal: AbortSignal): Promise<PackageDocument | undefined> {
    const { sources, documents } = this.#parts
    const wish = { isAbbreviated: false, tarballsAt: 'upstream', wantsNews: false, acceptsBrotli: false, anyAge: true } as const
    try {
      return await read((await documents.get(sources.of(name), { name, ...wish }, signal)).bytes, name)
    } catch (error) {
      signal.throwIfAborted()
      if (isFailure(error) || isGgenError(error, 'package-not-found') || isGgenError(error, 'denied')) return undefined
      throw error
    }
  }
}

/** When a registry said so that never did. */
const MADE_HERE = 0

const read = async (gzip: Uint8Array, name: NpmName): Promise<PackageDocument> =>
  readPackageDocument((await unpack(gzip, { maxOutputLength: NPM_LIMITS.documentBytes })).toString('utf8'), name)

/** Both, and tags as of all versions together. */
const mergeMade = (before: PackageDocument | undefined, fresh: PackageDocument): PackageDocument => {
  const versions = { ...before?.versions, ...fresh.versions }
  const time: unknown = Object.assign({}, before?.['time'], fresh['time'])
  return { ...before, ...fresh, versions, time, 'dist-tags': tagsOf(Object.keys(versions) as NpmVersion[]) }
}
