import {
  type FeedOp, GgenError, type IdentityId, isChainOp, type LookAlike, type OneRegistry, type Op, type OpId, type OpinionOp,
  type PackageName, type PublicKey, REGISTRY_LIMITS, type ReleaseOp,
} from '#core'
import { announceOps } from '#flow/announce'
import {
  alreadyPublished, assertFeedHealthy, assertMayName, assertStillNext, coSign, isEnough, prepareOpinion, prepareRelease, prepareRoles, prepareStatus,
  type PublishSource, type SignatureCount, type SignedOp, signaturesOf, signIntent, stagedOp, stagedOpinion, storeSource, unfinishedOps,
} from '#flow/publish'
import { parentsFirst } from '#flow/sync'
import { type Admit, type PackageViews, requireAdmissible, requireMembership } from '#flow/verify'
import type { Network } from '#network'
import { envelopeId, type IdentityView, payloadOf, type Signature } from '#trust'
import { toReceipt, toStaged } from './describe-package.ts'
import type { PreparedPublish, PublishReceipt, PublishRequest } from './marketplace.ts'
import { Outbox, type OutboxParts, type Patience, type Settle } from './outbox.ts'
import { assertMayTell } from './recipient.ts'
import type {
  ApprovalRequest, ApprovedRecord, PreparedApproval, PreparedStatement, Speaking, StagedRecord, StatementReceipt, StatementRequest,
} from './speaking.ts'

export interface PublishingParts extends OutboxParts {
  readonly network: Network
  readonly views: PackageViews
  readonly admit: Admit
  /** `false`: nothing is published from here; default true. */
  readonly publishes?: boolean
  /** Opens an absolute path; throws `path-not-found`. */
  readonly openSource: (path: string) => Promise<PublishSource>
  readonly holderCount: (release: ReleaseOp) => Promise<number>
  /** Asks others how far an identity, or a package of it, is: what this node has may be older than what it has said. */
  readonly confirmHead: (identity: IdentityId, name: PackageName | undefined, signal: AbortSignal) => Promise<void>
  /** Known names that one can be taken for under which this publisher has nothing yet. */
  readonly lookAlikesOf: (name: PackageName, identity: IdentityId) => Promise<readonly LookAlike[]>
  /** Asks others what an identity has said of others, for a moment. */
  readonly hear: (identity: IdentityId) => Promise<void>
  /** Own releases stay here. */
  readonly keepOwn: (releases: readonly ReleaseOp[]) => void
  /** Hears of every op that was published from here, once it is in the catalogue, and announced where peers are to be told. */
  readonly onPublished: (op: Op, how: { readonly tellsPeers: boolean }) => void
}

/** How many peers took an op at once, and what becomes of it elsewhere. */
interface Published {
  readonly peers: number
  readonly settle: Settle
}

/** What is signed elsewhere and said from here: prepared and journalled first, then committed with its signatures, and never forgotten from then on. */
export class Publishing implements AsyncDisposable {
  readonly #parts: PublishingParts
  readonly #outbox: Outbox

  constructor(parts: PublishingParts) {
    this.#parts = parts
    this.#outbox = new Outbox(parts)
  }

  /** As `Marketplace.prepare`. */
  async prepare(request: PublishRequest, signal: AbortSignal): Promise<PreparedPublish> {
    this.#assertPublishes()
    const { blobs, views, trust, clock, openSource } = this.#parts
    const { mirror, tells, keepsLatest } = request
    await using stored = await storeSource(blobs, await openSource(request.path), signal)
    const { facts } = stored
    const { name, version } = facts.manifest
    this.#learn(request)
    assertMayTell(this.#parts.registries, tells, name)
    alreadyPublished(views.package(request.identity, name), facts)
    await this.#parts.confirmHead(request.identity, name, signal)
    const lookAlikes = await this.#lookAlikesOf(request.identity, name)
    const metadata = await stored.seal()
    // While the archive was made durable, another publish may have come first. From here to the journal nothing waits.
    const { identity, known, situation } = this.#situation(request, name)
    const published = alreadyPublished(known, facts)
    if (published !== undefined) {
      const targets = await targetsOf(this.#outbox.put(published, tells), patienceFor(tells, true))
      return { state: 'published', receipt: { ...toReceipt(published, await this.#parts.holderCount(published)), ...targets } }
    }
    assertMayName(identity, request.feed, { name, now: clock.now() })
    assertFeedHealthy(known, request.feed, request.identity)
    const prepared = prepareRelease(trust, {
      ...situation, facts, metadata,
      ...(mirror !== undefined && { mirror }), ...(tells !== undefined && { tells }), ...(keepsLatest !== undefined && { keepsLatest }),
    })
    return { state: 'unsigned', ...prepared, name, version, ...(lookAlikes.length > 0 && { lookAlikes }) }
  }

  /** As `Marketplace.commit`. */
  async commit(id: OpId, signatures: readonly Signature[]): Promise<PublishReceipt> {
    this.#assertPublishes()
    const { op, settle, tells } = await this.#commit(id, signatures)
    if (op.type !== 'release') throw new GgenError('publish-expired', 'what was prepared is no release')
    return { ...toReceipt(op, await this.#parts.holderCount(op)), ...this.#missing(op), ...(await targetsOf(settle, patienceFor(tells))) }
  }

  /** What is said beside releases, and by several. */
  get speaking(): Speaking {
    return {
      prepare: (request, signal) => this.#prepareStatement(request, signal),
      commit: (intent, signatures) => this.commitStatement(intent, signatures),
      chainOf: (identity, signal) => this.#chainOf(identity, signal),
      staged: (identity) => this.#staged(identity),
      prepareApproval: (request, signal) => this.#prepareApproval(request, signal),
      approve: (op, signatures) => this.#approve(op, signatures),
    }
  }

  /** Of what was prepared before it was forbidden, nothing goes out either. */
  #assertPublishes(): void {
    if (this.#parts.publishes === false) throw new GgenError('publishes-nothing', 'nothing is published from this node')
  }

  async #lookAlikesOf(identity: IdentityId, name: PackageName): Promise<readonly LookAlike[]> {
    const { views, lookAlikesOf } = this.#parts
    const known = views.package(identity, name)
    const isNew = known === undefined || known.releases.size === 0
    return isNew ? await lookAlikesOf(name, identity) : []
  }

  async #prepareStatement(request: StatementRequest, signal: AbortSignal): Promise<PreparedStatement> {
    this.#assertPublishes()
    const { catalogue, trust, views, clock, confirmHead, hear } = this.#parts
    this.#learn(request)
    const { identity, feed, statement } = request
    await confirmHead(identity, statement.type === 'status' ? statement.name : undefined, signal)
    if (statement.type === 'endorse' || statement.type === 'advisory') await hear(identity)
    // Of two words of the same second nobody could tell which is the later one.
    const said = statement.type === 'roles' ? 0 : views.latestWord(identity, statement)
    if (statement.type === 'status') {
      const { situation } = this.#situation({ identity, feed }, statement.name)
      const tagged = statement.tag === undefined ? 0 : views.package(identity, statement.name)?.tags.get(statement.tag.name)?.at ?? 0
      return prepareStatus(trust, { ...situation, notBefore: Math.max(situation.notBefore, said + 1, tagged + 1) }, statement)
    }
    const view = this.#identity(identity)
    const now = clock.now()
    if (statement.type !== 'roles') {
      return prepareOpinion(trust, { identity: view, key: feed, now, notBefore: Math.max(views.latestAt(identity), said + 1) }, statement)
    }
    const packages = catalogue.namesOf(identity).flatMap((name) => views.package(identity, name) ?? [])
    return prepareRoles(trust, { identity: view, packages, now, notBefore: views.latestAt(identity) }, statement.change)
  }

  async #chainOf(identity: IdentityId, signal: AbortSignal): Promise<readonly Uint8Array[]> {
    const { catalogue, views, confirmHead } = this.#parts
    await confirmHead(identity, undefined, signal)
    const ops = new Map(catalogue.chainOps(identity).map((bytes) => [envelopeId(bytes), bytes]))
    return (views.identity(identity)?.chain ?? []).flatMap(({ id }) => ops.get(id) ?? [])
  }

  async #staged(identity: IdentityId): Promise<readonly StagedRecord[]> {
    const { catalogue, views, hear } = this.#parts
    await hear(identity)
    const view = views.identity(identity)
    if (view === undefined) return []
    const ofPackages = catalogue.namesOf(identity).flatMap((name) => views.package(identity, name)?.staged ?? [])
    return [...ofPackages, ...this.#stagedOpinions(identity)].toSorted((a, b) => a.at - b.at).map((op) => toStaged(op, view))
  }

  async #prepareApproval(request: ApprovalRequest, signal: AbortSignal): Promise<PreparedApproval> {
    this.#assertPublishes()
    this.#learn(request)
    if ('op' in request) await this.#parts.hear(request.identity)
    const view = this.#identity(request.identity)
    const op = this.#waiting(request)
    if (op.type === 'release') await this.#parts.bring(op, signal)
    const lookAlikes = op.type === 'release' ? await this.#lookAlikesOf(op.identity, op.body.name) : []
    return { ...toStaged(op, view), payload: payloadOf(op.bytes), ...(lookAlikes.length > 0 && { lookAlikes }) }
  }

  #waiting(request: ApprovalRequest): FeedOp | OpinionOp {
    if ('op' in request) return stagedOpinion(this.#stagedOpinions(request.identity), request.op)
    const known = this.#parts.views.package(request.identity, request.name)
    if (known === undefined) throw notItsGenesis()
    return stagedOp(known, request.version)
  }

  #stagedOpinions(identity: IdentityId): readonly OpinionOp[] {
    return this.#parts.views.stagedOpinions(identity, Math.floor(this.#parts.clock.now() / 1000))
  }

  async #approve(id: OpId, signatures: readonly Signature[]): Promise<ApprovedRecord> {
    this.#assertPublishes()
    const op = coSign(this.#parts, id, { signatures, check: (signed) => requireAdmissible(signed, this.#parts.catalogue) })
    const { settle } = await this.#publish({ op })
    return { ...toStaged(op, this.#identity(op.identity)), ...(await targetsOf(settle)) }
  }

  /** As `Speaking.commit`. */
  async commitStatement(id: OpId, signatures: readonly Signature[]): Promise<StatementReceipt> {
    this.#assertPublishes()
    const { op, peers, settle } = await this.#commit(id, signatures)
    return { op: op.id, identity: op.identity, peers, ...(!isChainOp(op) && this.#missing(op)), ...(await targetsOf(settle)) }
  }

  /** Nothing for an op that has all the signatures that it takes. */
  #missing(op: FeedOp | OpinionOp): { readonly staged?: SignatureCount } {
    const staged = signaturesOf(op, this.#identity(op.identity))
    return isEnough(staged) ? {} : { staged }
  }

  /** Finishes what a crash interrupted. */
  async resume(): Promise<void> {
    const { trust, admit, keepOwn } = this.#parts
    const own = trust.ownOps().map((envelope) => requireMembership(admit(envelope)))
    keepOwn(own.filter((op) => op.type === 'release'))
    for (const signed of unfinishedOps(trust)) await this.#publish(signed)
    this.#outbox.run()
  }

  /** As `MarketplaceStatus`. */
  get pendingDeliveries(): number | undefined {
    return this.#outbox.pending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#outbox[Symbol.asyncDispose]()
  }

  async #commit(id: OpId, signatures: readonly Signature[]): Promise<SignedOp & Published> {
    const { trust, catalogue, views } = this.#parts
    const intent = trust.intent(id)
    if (intent !== undefined) assertStillNext(intent, views)
    const op = signIntent(trust, id, { signatures, check: (signed) => requireAdmissible(signed, catalogue) })
    const signed = { op, ...(intent?.tells !== undefined && { tells: intent.tells }) }
    return { ...signed, ...(await this.#publish(signed)) }
  }

  /** From a durable signature to everybody who is to be told; safe to repeat after a crash. */
  async #publish({ op, tells }: SignedOp): Promise<Published> {
    const { trust, admit, keepOwn, onPublished } = this.#parts
    requireMembership(admit(op.bytes))
    if (op.type === 'release') keepOwn([op])
    const settle = this.#outbox.put(op, tells)
    const tellsPeers = tells === undefined || tells === 'p2p'
    const peers = tellsPeers ? await this.#announce(op) : 0
    onPublished(op, { tellsPeers })
    trust.removeIntent(op.id)
    return { peers, settle }
  }

  async #announce(op: Op): Promise<number> {
    const { catalogue, network, events } = this.#parts
    const chain = parentsFirst(catalogue.chainOps(op.identity), []).map((bytes) => ({ bytes }))
    const peers = await announceOps(network, isChainOp(op) ? chain : [...chain, op])
    if (op.type === 'release') events.emit({ type: 'release-announced', op: op.id, peers })
    return peers
  }

  /** Takes in who speaks, where this node has not heard of them. */
  #learn({ chain }: { readonly chain: readonly Uint8Array[] }): void {
    for (const envelope of chain) this.#parts.trust.putOwnOp(requireMembership(this.#parts.admit(envelope)))
  }

  #situation({ identity, feed }: { readonly identity: IdentityId; readonly feed: PublicKey }, name: ReleaseOp['body']['name']) {
    const { views, clock } = this.#parts
    const known = views.package(identity, name)
    const view = this.#identity(identity)
    if (known === undefined) throw notItsGenesis()
    return { identity: view, known, situation: { identity: view, feed, known, now: clock.now(), notBefore: views.latestAt(identity, name) } }
  }

  #identity(id: IdentityId): IdentityView {
    const view = this.#parts.views.identity(id)
    if (view === undefined) throw notItsGenesis()
    return view
  }
}

/** Who is told of it alone has all the time that it takes; else nobody waits long. */
const patienceFor = (tells: OneRegistry | undefined, insists = false): Patience =>
  (tells === undefined ? { insists } : { insists: true, waitMs: REGISTRY_LIMITS.deliverAloneMs })

/** Nothing where there is nobody to hand it to. */
const targetsOf = async (settle: Settle, how?: Patience): Promise<Pick<PublishReceipt, 'targets'>> => {
  const targets = await settle(how)
  return targets.length === 0 ? {} : { targets }
}

const notItsGenesis = (): GgenError => new GgenError('op-invalid', 'the genesis is not the one of this identity')
