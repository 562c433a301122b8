import {
  type Clock, type Digest, type Events, type FreshnessEvidence, type IdentityId, isFeedOp, type Op, type OpId, type OpSource, type PackageName, type PeerId,
  type Random,
} from '#core'
import { listenForOps } from '#flow/announce'
import {
  answerFeed, answerOpinions, answerSync, type Catching, Comparisons, type Freshness, HeedLoop, Intake, newestAt, pullOpinions, pullPackage, type PullParts,
  type Session, Snapshots, SyncLoop, syncWith,
} from '#flow/sync'
import { Admissions, type Admit, type OpenAll, type PackageViews, type QuotaBytes } from '#flow/verify'
import type { Network } from '#network'
import { type BlobStore, type Catalogue, type TrustStore, WHOLE_SET } from '#store'
import type { Background } from './background.ts'

export interface ReplicaParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly blobs: BlobStore
  readonly trust: TrustStore
  readonly views: Pick<PackageViews, 'stagedOpinions'>
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  readonly background: Background
  /** Between two comparisons with peers that are connected. */
  readonly syncEveryMs: number
  /** Opens many envelopes, wherever that is quickest. */
  readonly openAll: OpenAll
  readonly readBlob: (peer: PeerId, blob: { readonly digest: Digest; readonly sizeBytes: number }, signal: AbortSignal) => Promise<Uint8Array>
  /** Bytes that the envelopes of the catalogue may take. */
  readonly quota: QuotaBytes
  /** Own, pinned or followed: what is of them is never slowed or dropped. */
  readonly isDear: (identity: IdentityId) => boolean
  /** Hears of every op that is new here. */
  readonly onAdded: (op: Op, source: OpSource) => void
  /** Hears of how many ops were dropped of whom for room. */
  readonly onDropped: (identity: IdentityId, count: number) => void
}

/** This node's copy of the catalogue: what comes in by gossip, sync and answers is judged here, and others are given what they lack. */
export class Replica implements AsyncDisposable {
  readonly admit: Admit
  readonly #parts: ReplicaParts
  readonly #admissions: Admissions
  readonly #underway = new Set<OpId>()
  readonly #serving = new AsyncDisposableStack()
  #sync: SyncLoop | undefined
  #heeding: HeedLoop | undefined

  constructor(parts: ReplicaParts) {
    this.#parts = parts
    const { catalogue, clock, quota: bytes, isDear, onDropped } = parts
    this.#admissions = new Admissions(catalogue, clock, { bytes, isDear, onDropped })
    this.admit = (envelope) => this.#admissions.admit(envelope)
  }

  /** Answers who asks for ops. */
  answer(): void {
    const { network, catalogue } = this.#parts
    this.#serving.use(answerFeed(network, catalogue))
    this.#serving.use(answerOpinions(network, catalogue))
  }

  /** Keeps here what followed publishers say of others. */
  heed(): void {
    const { catalogue, clock, trust, views, syncEveryMs: everyMs } = this.#parts
    this.#heeding = this.#serving.use(new HeedLoop({
      ...this.#parts,
      everyMs,
      followed: () => trust.memory.followed().map(({ identity }) => identity),
      pull: async (peer, what) => {
        const waiting = views.stagedOpinions(what.identity, Math.floor(clock.now() / 1000)).map(({ id }) => id)
        return pullOpinions({ ...this.#pulling('sync'), catalogue }, peer, { ...what, waiting })
      },
    }))
  }

  /** Brings what a publisher says of others, as far as it is quickly had; of one that is followed, the rest comes later. */
  async hear(identity: IdentityId): Promise<void> {
    await this.#heeding?.hear(identity)
  }

  /** Listens, and keeps in step with all peers. */
  follow(): void {
    const { network, catalogue, blobs, clock, random, events, background } = this.#parts
    const snapshots = new Snapshots({ catalogue, blobs, clock, background: (work) => background.run('snapshot', work) })
    const session: Session = (peer, signal, onProgress) => this.#session(peer, signal, onProgress)
    const sync = this.#serving.use(new SyncLoop({ network, clock, random, events, everyMs: this.#parts.syncEveryMs, session }))
    this.#serving.use(answerSync({ network, catalogue, snapshots, onOffer: (peer) => sync.syncPolitely(peer) }))
    this.#sync = sync
    this.#serving.use(
      listenForOps({
        network, clock, events,
        admit: this.admit,
        publishers: { knownSince: (identity) => catalogue.knownSince(identity), isDear: this.#parts.isDear },
        onAdded: (op) => this.#parts.onAdded(op, 'gossip'),
        pullParents: async (op, from, signal) => {
          // A gap: who knows of this op knows more that did not get here.
          sync.syncSoon(from)
          await this.learn(subjectOf(op), from, { source: 'gossip', signal })
        },
      }),
    )
  }

  /** Makes peers ask for what was published here: gossip may reach nobody, and holds back who publishes much at once. */
  spread(): void {
    this.#sync?.spread()
  }

  /** Brings an identity's chain and, with a name, a package's ops from a peer. Throws as `pullPackage`. */
  async learn(
    what: { readonly identity: IdentityId; readonly name: PackageName | undefined }, from: PeerId,
    { source, signal }: { readonly source: OpSource; readonly signal: AbortSignal },
  ): Promise<void> {
    await pullPackage(this.#pulling(source), from, { ...what, signal })
  }

  /** Takes in what a peer answered; throws `op-invalid` when some of it is not valid. */
  async take(envelopes: readonly Uint8Array[], source: OpSource, signal: AbortSignal): Promise<void> {
    await new Intake(this.#pulling(source)).take(envelopes, { signal })
  }

  /** Equal on nodes that know the same. `fingerprint`: hex of the sum of all hashes. */
  summary(): { readonly ops: number; readonly fingerprint: string } {
    const { count, sum } = this.#parts.catalogue.measure(WHOLE_SET)
    return { ops: count, fingerprint: Buffer.from(sum).toString('hex') }
  }

  freshness(): Freshness {
    return this.#sync?.freshness() ?? (this.#parts.network.peers().length > 0 ? 'synced' : 'alone')
  }

  /** What speaks for this copy being up to date; of one that compares with nobody, nothing does. */
  evidence(): FreshnessEvidence {
    const newest = newestAt(this.#parts.catalogue)
    return this.#sync?.evidence(newest) ?? new Comparisons(this.#parts.clock).evidence(newest)
  }

  catching(): Catching | undefined {
    return this.#sync?.catching()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#serving.disposeAsync()
  }

  async #session(...[peer, signal, onProgress]: Parameters<Session>): ReturnType<Session> {
    const { catalogue, clock, readBlob } = this.#parts
    const result = await syncWith({ ...this.#pulling('sync'), catalogue, readBlob, onProgress, underway: this.#underway }, peer, signal)
    if (result.complete) catalogue.noteInStep(clock.now())
    return result
  }

  #pulling(source: OpSource): PullParts {
    const { network, clock, openAll, onAdded } = this.#parts
    return {
      network, clock,
      judge: (envelopes, judging) => this.#admissions.admitAll(envelopes, { openAll, ...judging }),
      onAdded: (op) => onAdded(op, source),
    }
  }
}

const subjectOf = (op: Op): { readonly identity: IdentityId; readonly name: PackageName | undefined } =>
  ({ identity: op.identity, name: isFeedOp(op) ? op.body.name : undefined })
