import {
  type Artifact, type Clock, type Digest, digestOf, type Events, GgenError, NPM_LIMITS, type PeerId, type Sha512, toGgenError,
} from '#core'
import {
  decodeIndex, type IndexedVersion, type Integrity, integrityOfHashes, isVersionManifest, type NpmName, parseIntegrity, parseShasum, sha512Of, shasumIn,
  tarballPath, type VersionIndex,
} from '#npm'
import type { BlobRange, BlobStore, DocumentKey, KnownTarball, NpmRecords, ReleaseKey } from '#store'
import { Bringing } from './bringing.ts'
import type { Brought, GiverShares } from './brought.ts'
import type { DocumentChecks } from './document-checks.ts'
import { refusalOf } from './documents.ts'
import { INDEX } from './form-names.ts'
import { bytesOf, packagePath, type Source } from './source.ts'
import type { Team } from './team.ts'

export interface TarballParts {
  readonly records: NpmRecords
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly events: Events
  readonly team: Team
  readonly checks: Pick<DocumentChecks, 'checkManifest' | 'prove'>
  /** What a version is that its registry's signature alone speaks for. */
  readonly provenIntegrity: (release: ReleaseKey) => Integrity | undefined
  /** Brings a blob from a peer that says that it has it, or from whoever else does, and says who gave it. Throws as `Transfers.fetch`. */
  readonly fetchFrom: (artifact: Artifact, peer: PeerId, signal: AbortSignal) => Promise<{ readonly sources: GiverShares }>
}

export interface TarballWish {
  readonly name: NpmName
  readonly version: string
  /** What the client says that it must be. */
  readonly integrity?: Integrity
  /** Where the client says that the registry has it: below its address. */
  readonly path?: string
}

/** An archive that can be read. */
export interface OpenTarball {
  /** Where it comes from, as far as that is decided: of what is still coming, somebody else may give the rest. */
  readonly brought: () => Brought
  /** Absent while it is still coming. */
  readonly sizeBytes?: number
  readonly sha512?: Sha512
  /** While it is still coming: how long its registry says that it is. */
  readonly promisedBytes?: number
  /** All of it, where it is in memory. */
  readonly whole?: Uint8Array
  /** `range`: only where the size is known. */
  readonly read: (signal: AbortSignal, range?: BlobRange) => AsyncIterable<Uint8Array>
}

/** An archive that is in the store. */
export type HeldTarball = KnownTarball & { readonly sha512: Sha512 }
/** The same, where it came from, and who failed before. */
export type BroughtTarball = HeldTarball & Brought

/** Archives: from this disk, else from peers by their hash, else from their registry, checked in any case. */
export class Tarballs implements AsyncDisposable {
  readonly #parts: TarballParts
  readonly #bringing = new Map<string, Bringing>()
  readonly #hashesUnderWay = new Map<Sha512, string>()
  readonly #indices = new Map<string, VersionIndex>()
  readonly #stop = new AbortController()

  constructor(parts: TarballParts) {
    this.#parts = parts
  }

  /** What this node does about an archive just now. */
  doing(sha512: Sha512): 'asking' | 'fetching' | undefined {
    return this.#bringing.get(this.#hashesUnderWay.get(sha512) ?? '')?.doing
  }

  /** Opens an archive of a package. Throws why nobody has it, or why what they have is wrong. */
  async open(source: Source, wish: TarballWish, signal: AbortSignal): Promise<OpenTarball> {
    const { name, version } = wish
    const release: ReleaseKey = { source: source.id, name, version }
    const known = wish.integrity ?? (await this.#known(source, wish, signal))
    const held = known === undefined ? undefined : await this.#held(known)
    if (held !== undefined) return held
    const key = keyOf(source, wish)
    const bringing = this.#bringing.get(key) ?? this.#begin(key, source, { wish, known, release })
    const outcome = await bringing.outcome
    signal.throwIfAborted()
    const { promisedBytes } = bringing
    const brought = (): Brought => bringing.brought
    if (outcome.kind === 'blob') {
      const { sha512, whole } = outcome
      return { brought, sha512, ...(whole === undefined ? openBlob(this.#parts.blobs, outcome) : openBytes(whole)) }
    }
    if (bringing.passage.isWhole) {
      return { brought, ...(promisedBytes !== undefined && { promisedBytes }), read: (reading) => bringing.passage.read(reading) }
    }
    // Its first bytes have gone on to others: it can be read when all of it is here.
    await bringing.stored
    const kept = await this.#held((await this.#known(source, wish, signal)) ?? known)
    if (kept === undefined) throw new GgenError('no-holder', `${name}@${version} came and could not be kept`)
    return { ...kept, brought }
  }

  /** Where a registry says that it has an archive, as far as that is known without asking. */
  addressOf(release: ReleaseKey): string | undefined {
    return this.#indexed(release)?.tarball
  }

  /** Brings an archive here where it is not; resolves when it is in the store. Throws as `open`, and why it is not right. */
  async hold(source: Source, wish: TarballWish, signal: AbortSignal): Promise<BroughtTarball> {
    const { name, version } = wish
    const opened = await this.open(source, wish, signal)
    if (opened.brought().from !== 'disk') for await (const _ of opened.read(signal)) continue
    await this.#bringing.get(keyOf(source, wish))?.stored
    const held = await this.#held(wish.integrity ?? (await this.#known(source, wish, signal)))
    const known = held?.sha512 === undefined ? undefined : this.#parts.records.tarball(held.sha512)
    if (held?.sha512 === undefined || known === undefined) throw new GgenError('no-holder', `${name}@${version} came and could not be kept`)
    return { ...known, sha512: held.sha512, ...opened.brought() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new GgenError('cancelled', 'this node is stopping'))
    await Promise.all(Array.from(this.#bringing.values(), ({ stored }) => stored))
  }

  #begin(key: string, source: Source, { wish, known, release }: Begun): Bringing {
    const { signal } = this.#stop
    signal.throwIfAborted()
    let manifest: Promise<Said> | undefined
    const said = (): NonNullable<typeof manifest> => (manifest ??= this.#ask(source, wish, signal))
    const bringing = new Bringing(this.#parts, {
      source, release, known,
      isClaimed: wish.integrity !== undefined,
      expected: async () => (await said()).integrity,
      address: async () => this.#address(source, wish),
    }, signal)
    this.#bringing.set(key, bringing)
    const sha512 = known === undefined ? undefined : sha512Of(known)
    if (sha512 !== undefined) this.#hashesUnderWay.set(sha512, key)
    void bringing.stored.then(() => {
      this.#bringing.delete(key)
      if (sha512 !== undefined) this.#hashesUnderWay.delete(sha512)
    })
    return bringing
  }

  /** What its bytes must hash to, as far as that is known without asking. Throws `downgrade` where its registry did not sign that. */
  async #known(source: Source, { name, version }: Named, signal: AbortSignal): Promise<Integrity | undefined> {
    const { records, provenIntegrity } = this.#parts
    const { sha512 } = records.release(source.id, name, version) ?? {}
    if (sha512 !== undefined) return integrityOfHashes({ sha512 })
    return (await this.#proven(source, { name, version }, signal))?.integrity ?? provenIntegrity({ source: source.id, name, version })
  }

  /** What a document says of a version, proven by its signature where its registry signs. Throws `downgrade`. */
  async #proven(source: Source, { name, version }: Named, signal: AbortSignal): Promise<IndexedVersion | undefined> {
    const found = this.#indexed({ source: source.id, name, version })
    const { integrity, unproven: signature } = found ?? {}
    if (integrity !== undefined && signature !== undefined) await this.#parts.checks.prove(source, { name, version, integrity, signature }, signal)
    return found
  }

  #indexed({ source, name, version }: ReleaseKey): IndexedVersion | undefined {
    for (const kind of ['full', 'abbreviated'] as const) {
      const found = this.#index({ source, name, kind })?.get(version)
      if (found !== undefined) return found
    }
    return undefined
  }

  #index(key: DocumentKey): VersionIndex | undefined {
    const { records } = this.#parts
    const head = records.document(key)
    if (head === undefined) return undefined
    const at = `${key.kind}\n${key.source}\n${key.name}\n${head.etag}`
    const known = this.#indices.get(at)
    if (known !== undefined) return known
    const bytes = records.form(key, INDEX)
    if (bytes === undefined) return undefined
    const index = decodeIndex(bytes)
    for (const oldest of this.#indices.keys()) {
      if (this.#indices.size < INDICES) break
      this.#indices.delete(oldest)
    }
    this.#indices.set(at, index)
    return index
  }

  /** Opens it where it is here and is what its name says. What the disk has damaged is dropped, and comes again. */
  async #held(integrity: Integrity | undefined): Promise<OpenTarball | undefined> {
    const { records, blobs } = this.#parts
    if (integrity === undefined) return undefined
    const sha1 = shasumIn(integrity)
    const sha512 = sha512Of(integrity) ?? (sha1 === undefined ? undefined : records.sha512Of(sha1))
    const known = sha512 === undefined ? undefined : records.tarball(sha512)
    if (known === undefined || sha512 === undefined) return undefined
    if (known.sizeBytes > CHECKED_BYTES) {
      const isRight = (await blobs.size(known.digest)) === known.sizeBytes && (await blobs.confirm(known.digest))
      return isRight ? { ...openBlob(blobs, known), brought: fromDisk, sha512 } : undefined
    }
    const bytes = await readWhole(blobs, known)
    if (bytes === undefined) return undefined
    if (digestOf(bytes) !== known.digest) {
      await blobs.confirm(known.digest, 'anew')
      return undefined
    }
    return { ...openBytes(bytes), brought: fromDisk, sha512 }
  }

  /** What the registry says of one version. */
  async #ask(source: Source, { name, version }: TarballWish, signal: AbortSignal): Promise<Said> {
    try {
      const path = `${packagePath(name)}/${encodeURIComponent(version)}`
      const answer = await source.ask({ method: 'GET', path, headers: { accept: 'application/json' } }, signal)
      if (answer.status !== 200) {
        answer.cancel()
        throw refusalOf(source, { name, status: answer.status })
      }
      const manifest: unknown = JSON.parse((await bytesOf(answer, NPM_LIMITS.manifestBytes)).toString('utf8'))
      if (isVersionManifest(manifest)) await this.#parts.checks.checkManifest(source, { name, version, manifest }, signal)
      return readManifest(manifest)
    } catch (error) {
      signal.throwIfAborted()
      const { code, message } = toGgenError(error)
      this.#parts.events.emit({ type: 'task-failed', task: `manifest of ${name}@${version}`, code, message })
      return (await this.#proven(source, { name, version }, signal)) ?? {}
    }
  }

  /** Where the registry has it: as it says itself, as the client says, or where archives usually are. */
  #address(source: Source, { name, version, path }: TarballWish): string {
    const { tarball } = this.#indexed({ source: source.id, name, version }) ?? {}
    if (tarball?.startsWith(source.id) === true) return tarball.slice(source.id.length)
    return path ?? tarballPath(name, version)
  }
}

const keyOf = ({ id }: Source, { name, version, integrity }: TarballWish): string => `${id}\n${name}\n${version}\n${integrity ?? ''}`

type Named = Pick<TarballWish, 'name' | 'version'>

interface Begun {
  readonly wish: TarballWish
  readonly known: Integrity | undefined
  readonly release: ReleaseKey
}

/** What a registry says of the bytes of one version. */
interface Said {
  readonly integrity?: Integrity
  readonly tarball?: string
}

/** Up to this size an archive is read at once and checked each time. */
const CHECKED_BYTES = 4 * 1024 * 1024
/** Indices of documents that stay parsed. */
const INDICES = 256

const fromDisk = (): Brought => ({ from: 'disk' })

const openBlob = (blobs: BlobStore, { digest, sizeBytes }: Pick<KnownTarball, 'digest' | 'sizeBytes'>): Omit<OpenTarball, 'brought'> =>
  ({ sizeBytes, read: (signal, range) => blobs.stream(digest, { signal, ...(range !== undefined && { range }) }) })

const openBytes = (whole: Uint8Array): Pick<OpenTarball, 'sizeBytes' | 'whole' | 'read'> => ({
  whole,
  sizeBytes: whole.length,
  read: async function* (_signal, { offset, length } = { offset: 0, length: whole.length }) {
    yield whole.subarray(offset, offset + length)
  },
})

const readWhole = async (blobs: BlobStore, { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number }): Promise<Uint8Array | undefined> => {
  try {
    return await blobs.read(digest, { offset: 0, length: sizeBytes })
  } catch (error) {
    if (error instanceof GgenError && error.code === 'blob-not-found') return undefined
    throw error
  }
}

const readManifest = (manifest: unknown): Said => {
  const { dist } = Object(manifest) as { readonly dist?: unknown }
  const { integrity, shasum, tarball } = Object(dist) as { readonly integrity?: unknown; readonly shasum?: unknown; readonly tarball?: unknown }
  const parsed = typeof integrity === 'string' ? parseIntegrity(integrity) : typeof shasum === 'string' ? parseShasum(shasum) : undefined
  return { ...(parsed !== undefined && { integrity: parsed }), ...(typeof tarball === 'string' && { tarball }) }
}
