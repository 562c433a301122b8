import {
  type Artifact, type Clock, type Digest, type Events, type IdentityId, NPM_LIMITS, type PackageName, type PeerId, type ServedTarball,
} from '#core'
import {
  type FormJob, isNpmName, isNpmVersion, type MadeForm, type NpmName, type NpmSpec, parseRegistryKeys, type RegistryKey, type SigningKey, tarballPath,
  toRegistryKey,
} from '#npm'
import type { Network } from '#network'
import type { BlobStore, KeptArchives, NpmRecords } from '#store'
import { Allowance } from './allowance.ts'
import { answerTeam, type AnswerTeamParts } from './answer-team.ts'
import { bringOffered, type BringWish } from './bring-tarball.ts'
import type { GiverShares } from './brought.ts'
import { CarriedPackages } from './carried-packages.ts'
import { DocumentChecks } from './document-checks.ts'
import { Documents, type DocumentWish, type ReadyDocument } from './documents.ts'
import { KeepingAtOthers } from './keeping-at-others.ts'
import { KeepingForOthers } from './keeping-for-others.ts'
import { KeptLockfiles } from './kept-lockfiles.ts'
import type { Market, MarketHit } from './market.ts'
import { MarketDocuments } from './market-documents.ts'
import { NameClaims } from './name-claims.ts'
import { assertAllowed, type NpmPolicy } from './npm-policy.ts'
import { openOffered } from './open-offered.ts'
import { type Probe, Prober } from './probe.ts'
import { probeOffered } from './probe-offered.ts'
import { PeerDocuments } from './peer-documents.ts'
import { Refusals } from './refusals.ts'
import type { Source, Sources } from './source.ts'
import { SourceKeys } from './source-keys.ts'
import { type BroughtTarball, type OpenTarball, Tarballs, type TarballWish } from './tarballs.ts'
import { Team } from './team.ts'

export interface DepotParts {
  readonly sources: Sources
  readonly records: NpmRecords
  readonly blobs: BlobStore
  readonly network: Network
  readonly clock: Clock
  readonly events: Events
  /** Makes a document ready, wherever that holds nobody up. */
  readonly makeForm: (job: FormJob, signal: AbortSignal) => Promise<MadeForm>
  /** Brings a blob from a peer that says that it has it, or from whoever else does, and says who gave it. Throws as `Transfers.fetch`. */
  readonly fetchFrom: (artifact: Artifact, peer: PeerId, signal: AbortSignal) => Promise<{ readonly sources: GiverShares }>
  /** Whether a peer may know what is installed here. */
  readonly isTeam: (peer: PeerId) => boolean
  /** Nobody is in the network without its key: everybody there may have what comes with credentials. */
  readonly sharesPrivate: boolean
  readonly withholds: (digest: Digest) => boolean
  /** Archives that stay. */
  readonly kept: KeptArchives
  readonly policy: NpmPolicy
  /** Who published something under a name to this network. */
  readonly claimants: (name: PackageName) => readonly IdentityId[]
  /** What is published to this network; absent: every name belongs to a registry. */
  readonly ofNetwork?: OfNetwork
}

export interface OfNetwork {
  readonly market: Market
  /** Whether a name belongs to the network, and to no registry. */
  readonly has: (name: NpmName) => boolean
  /** Signs what is served of it. */
  readonly signingKey: SigningKey
}

/** The packages of npm registries, as far as they are here, and the way to the rest. Disposing ends what is under way. */
export class Depot implements AsyncDisposable {
  readonly #parts: DepotParts
  readonly #documents: Documents
  readonly #tarballs: Tarballs
  readonly #prober: Prober
  readonly #answering: AnswerTeamParts
  readonly #claims: NameClaims
  readonly #keys: SourceKeys
  readonly #market: MarketDocuments | undefined
  readonly #keeping: KeepingForOthers
  readonly #copies: KeepingAtOthers
  /** What stays because lock files need it. */
  readonly lockfiles: KeptLockfiles
  /** What travels where no network goes. */
  readonly carried: CarriedPackages

  constructor(parts: DepotParts) {
    const { records, blobs, network, sharesPrivate, withholds, ofNetwork } = parts
    const team = new Team(parts)
    this.#parts = parts
    this.#keeping = new KeepingForOthers({ ...parts, keepsFor: (peer) => sharesPrivate && parts.isTeam(peer) })
    this.#copies = new KeepingAtOthers({ ...parts, team, asks: sharesPrivate, lapse: () => this.#keeping.lapse() })
    this.lockfiles = new KeptLockfiles({ ...parts, copies: this.#copies })
    const keys = new SourceKeys({ ...parts, ...parts.policy })
    this.#keys = keys
    const refusals = new Refusals(parts)
    this.#claims = new NameClaims({ ...parts, refusals })
    const checks = new DocumentChecks({ ...parts, keys, refusals })
    const ofPeers = new PeerDocuments({ ...parts, team, keys, openTarball: (source, wish, signal) => this.#tarballs.open(source, wish, signal) })
    this.#documents = new Documents({ ...parts, keys, checks, ofPeers })
    this.#tarballs = new Tarballs({ ...parts, team, checks, provenIntegrity: (release) => ofPeers.integrityOf(release) })
    this.#market = ofNetwork && new MarketDocuments({ ...parts, ...ofNetwork })
    this.#prober = new Prober({ ...parts, team, keys, documents: this.#documents })
    this.carried = new CarriedPackages({ ...parts, keys, documents: this.#documents, tarballs: this.#tarballs })
    this.#answering = {
      self: network.self,
      records, blobs, withholds,
      sharesPrivate: () => sharesPrivate,
      keeping: this.#keeping,
      allowance: new Allowance(NPM_LIMITS.tarballsPerSecond),
      doing: (sha512) => this.#tarballs.doing(sha512),
    }
  }

  get sources(): Sources {
    return this.#parts.sources
  }

  /** Whether a name belongs to the network: then no registry is ever asked for it. */
  isOfNetwork(name: NpmName): boolean {
    return this.#parts.ofNetwork?.has(name) === true
  }

  /** The document of a package. Throws `denied` where the operator gives it to nobody, as `Documents.get`, and as `MarketDocuments.get`. */
  async document(name: NpmName, wish: DocumentWish, signal: AbortSignal): Promise<ReadyDocument> {
    assertAllowed(this.#parts.policy, name)
    if (this.#market !== undefined && this.isOfNetwork(name)) return await this.#market.get(name, wish, signal)
    const source = this.#parts.sources.of(name)
    this.#claims.asked(name, source)
    return await this.#documents.get(source, { name, ...wish }, signal)
  }

  /** An archive of a package. Throws `denied` where the operator gives it to nobody, as `Tarballs.open`, and as `openOffered`. */
  async tarball(wish: TarballWish, signal: AbortSignal): Promise<OpenTarball> {
    const { ofNetwork, blobs, policy } = this.#parts
    assertAllowed(policy, wish.name, wish.version)
    if (ofNetwork !== undefined && this.isOfNetwork(wish.name)) return await openOffered({ market: ofNetwork.market, blobs }, wish, signal)
    return await this.#tarballs.open(this.#parts.sources.of(wish.name), wish, signal)
  }

  /** Brings an archive here for nobody in particular. Throws as `tarball` and `Tarballs.hold`, and `integrity` where it is not what is named. */
  async bring({ resolved, ...wish }: BringWish, signal: AbortSignal): Promise<BroughtTarball> {
    const { name, version } = wish
    const { ofNetwork, policy, records } = this.#parts
    assertAllowed(policy, name, version)
    if (ofNetwork !== undefined && this.isOfNetwork(name)) {
      const brought = await bringOffered(ofNetwork.market, wish, signal)
      // So that it can be kept by its hash like all others; peers outside hear of it by its release alone.
      const { digest, sha512, sizeBytes } = brought
      records.noteTarball({ digest, sha512, sizeBytes, sha1: '', isPrivate: true })
      return brought
    }
    const source = this.#parts.sources.of(name)
    const path = resolved?.startsWith(source.id) === true ? { path: resolved.slice(source.id.length) } : {}
    return await this.#tarballs.hold(source, { ...wish, ...path }, signal)
  }

  /**
   * Where the registry of a name has the archive of a version; where its document is not here, by the rule that registries follow. `undefined`: it is of the
   * network, and no registry has it.
   */
  addressOf(name: NpmName, version: string): string | undefined {
    if (this.isOfNetwork(name)) return undefined
    const { id } = this.#parts.sources.of(name)
    return this.#tarballs.addressOf({ source: id, name, version }) ?? `${id}${tarballPath(name, version)}`
  }

  /** Packages of the network that match words, best first, as far as their names belong to it. */
  async search(words: readonly string[], limit: number, signal: AbortSignal): Promise<readonly MarketHit[]> {
    const hits = (await this.#parts.ofNetwork?.market.search(words, limit, signal)) ?? []
    return hits.filter(({ name }) => isNpmName(name) && this.isOfNetwork(name))
  }

  /** The keys that the usual registry is known by, asked for again; none where it has none, or was never asked and does not answer. */
  async upstreamKeys(signal: AbortSignal): Promise<readonly RegistryKey[]> {
    const { text } = (await this.#keys.anew(this.#parts.sources.usual(), signal)) ?? {}
    return text === undefined ? [] : parseRegistryKeys(text)
  }

  /** What this node signs with what it serves of the network. */
  get ownKey(): RegistryKey | undefined {
    const { ofNetwork } = this.#parts
    return ofNetwork && toRegistryKey(ofNetwork.signingKey)
  }

  /** Says where a package would come from. Throws as `Prober.probe` and `probeOffered`. */
  probe(spec: NpmSpec, signal: AbortSignal): Promise<Probe> {
    const { ofNetwork, policy } = this.#parts
    assertAllowed(policy, spec.name, isNpmVersion(spec.wanted) ? spec.wanted : undefined)
    if (ofNetwork !== undefined && this.isOfNetwork(spec.name)) return probeOffered({ ...this.#parts, ...ofNetwork }, spec, signal)
    return this.#prober.probe(spec, signal)
  }

  /** Answers a peer. Throws as `answerTeam`. */
  answer(question: Uint8Array, from: PeerId, signal: AbortSignal): Promise<Uint8Array> {
    return answerTeam(this.#answering, { question, from, now: this.#parts.clock.monotonic() }, signal)
  }

  noteServed(served: ServedTarball): void {
    this.#parts.records.noteServed(served)
  }

  servedSince(at: number): readonly ServedTarball[] {
    return this.#parts.records.servedSince(at)
  }

  /** How much is kept of documents. */
  usage(): { readonly documents: number; readonly bytes: number } {
    return this.#parts.records.usage()
  }

  /** Where a package would come from: the registry that has its name. */
  sourceOf(name: NpmName): Source {
    return this.#parts.sources.of(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#claims[Symbol.dispose]()
    await this.#copies[Symbol.asyncDispose]()
    await this.#keeping[Symbol.asyncDispose]()
    await this.#tarballs[Symbol.asyncDispose]()
  }
}
