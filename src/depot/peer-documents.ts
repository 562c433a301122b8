import { compare } from 'semver'
import { type ArchivedPackageJson, readPackageJson } from '#archive'
import { type Clock, type Events, type GgenError, NPM_LIMITS, type PeerId, toGgenError } from '#core'
import {
  type FormJob, type Integrity, isNpmVersion, type MadeForm, type MadeVersion, makeDocument, type NpmName, type NpmVersion, parseIntegrity, parseRegistryKeys,
  type RegistryKey, sha512Of, tagsOf, type VersionSignature, verifyVersion,
} from '#npm'
import type { NpmRecords, ReleaseKey } from '#store'
import type { NamedWish, ReadyDocument } from './documents.ts'
import { heldBackOf, type NpmPolicy } from './npm-policy.ts'
import { ReadyBytes } from './ready-bytes.ts'
import { SharedWork } from './shared-work.ts'
import type { Source } from './source.ts'
import type { SourceKeys } from './source-keys.ts'
import type { OpenTarball, TarballWish } from './tarballs.ts'
import type { Team, ToldDocument } from './team.ts'

export interface PeerDocumentParts {
  readonly records: Pick<NpmRecords, 'firstSeen'>
  readonly clock: Clock
  readonly events: Events
  readonly team: Pick<Team, 'documents'>
  readonly keys: Pick<SourceKeys, 'known'>
  readonly policy: NpmPolicy
  /** Nobody is in the network without its key: what is asked with credentials may be asked there. */
  readonly sharesPrivate: boolean
  readonly openTarball: (source: Source, wish: TarballWish, signal: AbortSignal) => Promise<OpenTarball>
  readonly makeForm: (job: FormJob, signal: AbortSignal) => Promise<MadeForm>
}

/** A version that its registry signed, as a peer told. */
interface SignedVersion {
  readonly version: NpmVersion
  readonly integrity: Integrity
  readonly signatures: readonly VersionSignature[]
  /** When it came out, where who says so is believed; Unix milliseconds. */
  readonly at?: number
}

interface MadePackage {
  readonly bytes: Uint8Array
  /** Monotonic. */
  readonly madeAt: number
  readonly versions: number
  readonly peers: number
}

/** Which document, and when a client began to wait for it. */
export interface PeerDocumentWish extends NamedWish {
  /** Monotonic. */
  readonly since: number
}

interface Circumstances {
  /** Why its registry does not answer. */
  readonly why: GgenError
  readonly signal: AbortSignal
}

interface Looking {
  readonly name: NpmName
  readonly signed: ReadonlyMap<NpmVersion, SignedVersion>
  /** Ends when there is no more time. */
  readonly patience: AbortSignal
}

/**
 * Documents of packages whose registry does not answer, and of which nothing is known here: made out of the archives that peers hold. What a version is, the
 * signature of the registry says; what it needs and does, its archive.
 */
export class PeerDocuments {
  readonly #parts: PeerDocumentParts
  readonly #made = new ReadyBytes<MadePackage>(NPM_LIMITS.peerDocumentsBytes)
  readonly #making = new SharedWork<MadePackage | undefined>()
  /** What versions are that nobody but their signature speaks for. */
  readonly #proven = new Map<string, Integrity>()

  constructor(parts: PeerDocumentParts) {
    this.#parts = parts
  }

  /** What a version is, as far as its registry's signature says; `undefined`: nobody told. */
  integrityOf(release: ReleaseKey): Integrity | undefined {
    return this.#proven.get(placeOf(release))
  }

  /** A document, and that it is made in the place of one; `undefined`: nobody holds anything of it. Throws the reason of an aborted signal. */
  async get(source: Source, { name, since, ...wish }: PeerDocumentWish, { why, signal }: Circumstances): Promise<ReadyDocument | undefined> {
    const { clock, makeForm, policy, sharesPrivate } = this.#parts
    if (source.isPrivate && !sharesPrivate) return undefined
    const at = `${source.id}\n${name}`
    const known = this.#made.get(at)
    const isFresh = known !== undefined && clock.monotonic() - known.madeAt < NPM_LIMITS.fromPeersFreshMs
    const made = isFresh ? known : await this.#making.run(at, (shared) => this.#make(source, name, { since, signal: shared }), signal)
    if (made === undefined) return undefined
    if (!isFresh) this.#made.put(at, made)
    const { isAbbreviated, tarballsAt, anyAge = false } = wish
    const heldBack = heldBackOf(policy, { name, now: clock.now(), anyAge })
    const base = tarballsAt === 'upstream' ? source.id : tarballsAt.base
    const form = await makeForm({ name, bytes: made.bytes, isGzip: false, isAbbreviated, tarballsAt: { base }, heldBack }, signal)
    const stale = `made ${Math.round((clock.monotonic() - made.madeAt) / 1000)} s ago from ${made.versions} archives of ${made.peers} peers: ${why.message}`
    return { bytes: form.gzip, encoding: 'gzip', etag: form.etag, ageMs: 0, freshMs: 0, stale }
  }

  async #make(source: Source, name: NpmName, { since, signal }: { readonly since: number; readonly signal: AbortSignal }): Promise<MadePackage | undefined> {
    const { clock, team } = this.#parts
    const leftMs = Math.min(NPM_LIMITS.fromPeersMs, NPM_LIMITS.fromPeersByMs - (clock.monotonic() - since))
    if (leftMs <= 0) return undefined
    const patience = AbortSignal.any([signal, clock.timeout(leftMs)])
    const [told] = await Promise.allSettled([team.documents({ source: source.id, name }, patience)])
    signal.throwIfAborted()
    const all = told.status === 'fulfilled' ? told.value : []
    const signed = this.#signedIn(source, name, all)
    const looked = await this.#lookInto(source, { name, signed, patience }, signal)
    if (looked.length === 0) return undefined
    for (const { version } of looked) this.#prove({ source: source.id, name, version }, signed.get(version)?.integrity)
    const document = makeDocument({ name, versions: looked, tags: tagsOf(looked.map(({ version }) => version)), maintainers: [] })
    return { bytes: Buffer.from(JSON.stringify(document)), madeAt: clock.monotonic(), versions: looked.length, peers: all.length }
  }

  /** What its registry signed, newest first. */
  #signedIn(source: Source, name: NpmName, told: readonly ToldDocument[]): ReadonlyMap<NpmVersion, SignedVersion> {
    const { keys, policy } = this.#parts
    const own = keys.known(source)
    const isBelieved = policy.believesTeam
    const found = new Map<NpmVersion, SignedVersion>()
    for (const { document, peer } of told) {
      const known = own ?? (isBelieved && document.keys !== undefined ? { text: document.keys } : undefined)
      const registryKeys = known === undefined ? [] : this.#keysIn(known.text, peer)
      for (const { version, integrity, signatures, at } of document.versions) {
        if (!isNpmVersion(version) || found.has(version)) continue
        const time = isBelieved && at !== undefined ? { at } : {}
        if (verifyVersion({ name, version, integrity, signatures }, registryKeys, time.at) !== 'verified') continue
        const parsed = parseIntegrity(integrity)
        if (sha512Of(parsed) !== undefined) found.set(version, { version, integrity: parsed, signatures, ...time })
      }
    }
    const newest = [...found.values()].toSorted((a, b) => compare(b.version, a.version)).slice(0, NPM_LIMITS.heldVersions)
    return new Map(newest.map((one) => [one.version, one]))
  }

  #keysIn(text: string, peer: PeerId): readonly RegistryKey[] {
    try {
      return parseRegistryKeys(text)
    } catch (error) {
      this.#report(`keys that ${peer} tells of`, error)
      return []
    }
  }

  /** Brings the archives, newest first; what does not come in time is left out. */
  async #lookInto(source: Source, { name, signed, patience }: Looking, signal: AbortSignal): Promise<readonly MadeVersion[]> {
    const { records, clock } = this.#parts
    const waiting = signed.values()
    const looked: MadeVersion[] = []
    const look = async (): Promise<void> => {
      for (const { version, integrity, signatures, at } of waiting) {
        try {
          const read = await this.#read(source, { name, version, integrity }, patience)
          const seen = at ?? records.firstSeen({ source: source.id, name, version }, clock.now())
          looked.push({ version, integrity, signatures, at: seen, ...read })
        } catch (error) {
          signal.throwIfAborted()
          if (patience.aborted) return
          this.#report(`looking into ${name}@${version}`, error)
        }
      }
    }
    await Promise.all(Array.from({ length: NPM_LIMITS.broughtAtATime }, look))
    return looked
  }

  async #read(source: Source, wish: TarballWish, signal: AbortSignal): Promise<ArchivedPackageJson> {
    const tarball = await this.#parts.openTarball(source, wish, signal)
    return await readPackageJson(tarball.read(signal), { signal })
  }

  #prove(release: ReleaseKey, integrity: Integrity | undefined): void {
    if (integrity === undefined) return
    this.#proven.set(placeOf(release), integrity)
    for (const oldest of this.#proven.keys()) {
      if (this.#proven.size <= PROVEN) return
      this.#proven.delete(oldest)
    }
  }

  #report(task: string, error: unknown): void {
    const { code, message } = toGgenError(error)
    this.#parts.events.emit({ type: 'task-failed', task, code, message })
  }
}

/** Versions whose hash stays known. */
const PROVEN = 10_000

const placeOf = ({ source, name, version }: ReleaseKey): string => `${source}\n${name}\n${version}`
