import type {
  AskedRegistries, BanSubject, Digest, GgenEvent, IdentityId, MissedNews, Multiaddr, News, OpId, PackageName, PeerId, TransferProgress, TrustReport,
} from '#core'
import type { AllowedReply, BanQuestion, BanReply, BansReply, ConnectedReply, DisallowReply, UnbanReply } from './access-protocol.ts'
import type { CacheCheckReply, CacheReply, ClearedReply } from './cache-protocol.ts'
import type { BlockedListReply, BlockedReply, BlockQuestion, FollowedListReply, FollowedReply } from './following-protocol.ts'
import type { PackageReply, SearchReply, SourcesReply } from './package-protocol.ts'
import { askJson, askStream, isRecord, openAnswer, type Question, readPieces, unknownForm } from './open-answer.ts'
import {
  type FetchQuestion, type FetchReply, type HealthReply, type LimitsQuestion, type LimitsReply, type PeerReply, type PinReply, type PinsReply,
  type ReplicateQuestion, type ReplicationReply, ROUTES, type SearchQuestion, type StatusReply, type UnpinReply, type WatchQuestion,
} from './protocol.ts'
import type { BundleControl, BundleReply, TakenBundleReply } from './bundle-protocol.ts'
import type { NpmControl } from './npm-client.ts'
import type {
  NpmAddressesReply, NpmBroughtReply, NpmCopiesReply, NpmKeptListReply, NpmKeptReply, NpmProbeReply, NpmReply, NpmServedReply, NpmUnkeptReply,
  NpmUploadsReply,
} from './npm-protocol.ts'
import type { PlanQuestion, PlanReply } from './plan-protocol.ts'
import type {
  ApprovalQuestion, ApprovalReply, ApprovedReply, PrepareQuestion, PrepareReply, ReceiptReply, SaidReply, SignatureQuestion, StagedListReply, StagedReply,
  StatementQuestion, StatementReply, TrustReply, TrustedNameReply,
} from './publisher-protocol.ts'
import type { TakenSettingsReply } from './settings-protocol.ts'
import { readEvents, readNews } from './read-events.ts'

/**
 * A running node, asked over its control socket. Every method throws what the node throws, `daemon-not-running` when there is none,
 * and the reason of the signal when it aborts; the node then gives up the work too, except for `commit` and `commitStatement`.
 */
export interface ControlClient extends NpmControl, BundleControl {
  health(signal: AbortSignal): Promise<HealthReply>
  status(signal: AbortSignal): Promise<StatusReply>
  /** What the node was configured with when it started. */
  settings(signal: AbortSignal): Promise<TakenSettingsReply>
  peers(signal: AbortSignal): Promise<readonly PeerReply[]>
  bans(signal: AbortSignal): Promise<BansReply>
  /** Holds and is kept when it resolves. */
  ban(question: BanQuestion, signal: AbortSignal): Promise<BanReply>
  unban(subject: BanSubject, signal: AbortSignal): Promise<UnbanReply>
  /** Connects to a node where it is said to be. */
  connect(address: Multiaddr, signal: AbortSignal): Promise<ConnectedReply>
  allow(peer: PeerId, signal: AbortSignal): Promise<AllowedReply>
  disallow(peer: PeerId, signal: AbortSignal): Promise<DisallowReply>
  limits(signal: AbortSignal): Promise<LimitsReply>
  /** Holds and is kept when it resolves, whatever became of the signal in the meantime. */
  setLimits(question: LimitsQuestion, signal: AbortSignal): Promise<LimitsReply>
  search(question: SearchQuestion, signal: AbortSignal): Promise<SearchReply>
  /** Resolves when the node listens: whatever becomes known from then on is told. Ends when the node stops. */
  watch(question: WatchQuestion, signal: AbortSignal): Promise<AsyncIterable<News | MissedNews>>
  /** `spec` as `parsePackageSpec` reads it. */
  info(spec: string, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageReply>
  /** The same, and where the node's copy of the archive comes from. */
  sources(spec: string, signal: AbortSignal, registries?: AskedRegistries): Promise<SourcesReply>
  plan(question: PlanQuestion, signal: AbortSignal): Promise<PlanReply>
  prepare(question: PrepareQuestion, signal: AbortSignal): Promise<PrepareReply>
  commit(intent: OpId, signatures: readonly SignatureQuestion[], signal: AbortSignal): Promise<ReceiptReply>
  prepareStatement(question: StatementQuestion, signal: AbortSignal): Promise<StatementReply>
  commitStatement(intent: OpId, signatures: readonly SignatureQuestion[], signal: AbortSignal): Promise<SaidReply>
  /** `onProgress` hears how far it is, some times a second; it must not throw. */
  fetch(question: FetchQuestion, signal: AbortSignal, onProgress?: (progress: TransferProgress) => void): Promise<FetchReply>
  /** The bytes of an archive that the node holds. */
  readBlob(digest: Digest, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Resolves after `waitMs` at the latest, with whatever there is by then. */
  replicate(question: ReplicateQuestion, signal: AbortSignal): Promise<ReplicationReply>
  /** Envelopes of an identity's own chain, genesis first, as far as anybody here knows it. */
  chain(identity: IdentityId, signal: AbortSignal): Promise<readonly Uint8Array[]>
  /** Resolves to what waits for more signatures, oldest first. */
  staged(identity: IdentityId, signal: AbortSignal): Promise<StagedListReply>
  prepareApproval(question: ApprovalQuestion, signal: AbortSignal): Promise<ApprovalReply>
  approve(op: OpId, signatures: readonly SignatureQuestion[], signal: AbortSignal): Promise<ApprovedReply>
  trust(signal: AbortSignal): Promise<TrustReply>
  trustAdd(name: PackageName, identity: IdentityId, signal: AbortSignal): Promise<TrustedNameReply>
  trustRemove(name: PackageName, signal: AbortSignal): Promise<TrustedNameReply>
  trustWhy(name: PackageName, signal: AbortSignal): Promise<TrustReport>
  followed(signal: AbortSignal): Promise<FollowedListReply>
  follow(identity: IdentityId, signal: AbortSignal): Promise<FollowedReply>
  unfollow(identity: IdentityId, signal: AbortSignal): Promise<FollowedReply>
  blocked(signal: AbortSignal): Promise<BlockedListReply>
  block(question: BlockQuestion, signal: AbortSignal): Promise<BlockedReply>
  unblock(question: Omit<BlockQuestion, 'why'>, signal: AbortSignal): Promise<BlockedReply>
  pins(signal: AbortSignal): Promise<PinsReply>
  pin(spec: string, signal: AbortSignal): Promise<PinReply>
  unpin(spec: string, signal: AbortSignal): Promise<UnpinReply>
  cache(signal: AbortSignal): Promise<CacheReply>
  clearCache(signal: AbortSignal): Promise<ClearedReply>
  checkCache(signal: AbortSignal): Promise<CacheCheckReply>
  /** Ends when the node stops. Opens with the first `next()`. */
  events(signal: AbortSignal): AsyncIterable<GgenEvent>
  /** Resolves when the node has agreed to stop. */
  stop(signal: AbortSignal): Promise<void>
}

const HEALTH = ['status', 'version', 'pid', 'peerId', 'addresses'] as const
const STATUS = [
  'peerId', 'uptimeSeconds', 'peers', 'peersMet', 'packages', 'releases', 'blobs', 'catalogue', 'providerRecords', 'topics', 'freshness', 'evidence', 'limits',
  'rates',
] as const
const LIMITS = ['limits', 'rates'] as const
const PEER = ['peerId', 'direction', 'since', 'protocols'] as const
const BAN = ['subject', 'reason', 'by', 'since', 'count'] as const
const PACKAGE = ['name', 'version', 'standing', 'summary', 'versions'] as const
const SOURCES = [...PACKAGE, 'origin', 'sources'] as const
const RECEIPT = ['name', 'version', 'identity', 'digest', 'sizeBytes', 'op', 'holders'] as const
const FETCHED = ['name', 'version', 'digest', 'sha512', 'sizeBytes', 'sources', 'resumedBytes', 'wastedBytes', 'durationMs'] as const
const TRUSTED = ['name', 'identity', 'since', 'how'] as const
const STAGED = ['op', 'identity', 'says', 'at', 'signatures', 'need', 'people', 'human'] as const
const SUBJECT = ['identity', 'since'] as const
const SAID = ['op', 'identity', 'peers'] as const
const REPLICATION = ['wanted', 'holders', 'promised', 'declined'] as const
const PIN = ['name', 'version', 'identity', 'digest', 'reason', 'since'] as const

/** Each field a parameter, a list one that is repeated. */
const parametersOf = (question: WatchQuestion): string => {
  const pairs = Object.entries(question).flatMap(([name, value]) => [value ?? []].flat().map((one: unknown): [string, string] => [name, String(one)]))
  return new URLSearchParams(pairs).toString()
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const wireSignature = ({ key, signature }: SignatureQuestion): object => ({ key, signature: base64(signature) })

const expect = <T extends object>(value: unknown, keys: readonly (keyof T & string)[]): T => {
  if (!isRecord(value) || !keys.every((key) => Object.hasOwn(value, key))) throw unknownForm('an answer of an unknown form')
  return value as T
}

/** Something that a publisher or an index answers for. */
const expectVouched = <T extends object>(value: unknown, keys: readonly (keyof T & string)[]): T => {
  const read = expect<T>(value, keys)
  if (!('identity' in read) && !('source' in read)) throw unknownForm('an answer of an unknown form')
  return read
}

const expectSources = (value: unknown): SourcesReply => expectVouched<SourcesReply>(value, SOURCES)

const expectPrepared = (value: unknown): PrepareReply => {
  const { state } = expect<PrepareReply>(value, ['state'])
  if (state === 'published') {
    const { receipt } = expect<PrepareReply & { state: 'published' }>(value, ['receipt'])
    return { state, receipt: expect<ReceiptReply>(receipt, RECEIPT) }
  }
  const reply = expect<Omit<PrepareReply & { state: 'unsigned' }, 'payload'> & { payload: string }>(value, ['intent', 'payload', 'name', 'version'])
  return { ...reply, payload: Uint8Array.from(Buffer.from(reply.payload, 'base64')) }
}

type Get = (path: string, signal: AbortSignal) => Question
type Post = (path: string, body: unknown, signal: AbortSignal) => Question

const accessClient = (get: Get, post: Post): Pick<ControlClient, 'bans' | 'ban' | 'unban' | 'connect' | 'allow' | 'disallow'> => ({
  bans: async (signal) => expect<BansReply>(await askJson(get(ROUTES.bans, signal)), ['bans', 'allowed']),
  ban: async (question, signal) => expect<BanReply>(await askJson(post(ROUTES.ban, question, signal)), BAN),
  unban: async (subject, signal) => expect<UnbanReply>(await askJson(post(ROUTES.unban, { subject }, signal)), ['unbanned']),
  connect: async (address, signal) => expect<ConnectedReply>(await askJson(post(ROUTES.connect, { address }, signal)), ['peer', 'address']),
  allow: async (peer, signal) => expect<AllowedReply>(await askJson(post(ROUTES.allow, { peer }, signal)), ['peer', 'since']),
  disallow: async (peer, signal) => expect<DisallowReply>(await askJson(post(ROUTES.disallow, { peer }, signal)), ['disallowed']),
})

const wordClient = (get: Get, post: Post): Pick<ControlClient, 'followed' | 'follow' | 'unfollow' | 'blocked' | 'block' | 'unblock'> => ({
  followed: async (signal) => expect<FollowedListReply>(await askJson(get(ROUTES.followed, signal)), ['followed']),
  follow: async (identity, signal) => expect<FollowedReply>(await askJson(post(ROUTES.follow, { identity }, signal)), SUBJECT),
  unfollow: async (identity, signal) => expect<FollowedReply>(await askJson(post(ROUTES.unfollow, { identity }, signal)), SUBJECT),
  blocked: async (signal) => expect<BlockedListReply>(await askJson(get(ROUTES.blocked, signal)), ['blocked']),
  block: async (question, signal) => expect<BlockedReply>(await askJson(post(ROUTES.block, question, signal)), SUBJECT),
  unblock: async (question, signal) => expect<BlockedReply>(await askJson(post(ROUTES.unblock, question, signal)), SUBJECT),
})

const cacheClient = (get: Get, post: Post): Pick<ControlClient, 'cache' | 'clearCache' | 'checkCache'> => ({
  cache: async (signal) => expect<CacheReply>(await askJson(get(ROUTES.cache, signal)), ['count', 'bytes', 'partialBytes', 'kept']),
  clearCache: async (signal) => expect<ClearedReply>(await askJson(post(ROUTES.cacheClear, {}, signal)), ['count', 'bytes']),
  checkCache: async (signal) => expect<CacheCheckReply>(await askJson(post(ROUTES.cacheVerify, {}, signal)), ['count', 'bytes', 'damaged']),
})

const bundleClient = (post: Post): BundleControl => ({
  makeBundle: async (question, signal) =>
    expect<BundleReply>(await askJson(post(ROUTES.bundleMake, question, signal)), ['path', 'sizeBytes', 'registries', 'releases', 'left', 'leftOutCount']),
  takeBundle: async (question, signal) =>
    expect<TakenBundleReply>(await askJson(post(ROUTES.bundleTake, question, signal)), ['registries', 'releases', 'left', 'undocumented', 'sizeBytes']),
})

const npmClient = (get: Get, post: Post): NpmControl => ({
  npm: async (signal) => expect<NpmReply>(await askJson(get(ROUTES.npm, signal)), ['url', 'upstreams', 'cacheBytes', 'token']),
  npmUploads: async (signal) => expect<NpmUploadsReply>(await askJson(get(ROUTES.npmUploads, signal)), ['uploads']),
  npmUploadRemove: async (id, signal) => void expect<object>(await askJson(post(ROUTES.npmUploadRemove, { id }, signal)), []),
  npmServed: async (agoMs, signal) => expect<NpmServedReply>(await askJson(post(ROUTES.npmServed, { agoMs }, signal)), ['served']),
  npmProbe: async (spec, signal) =>
    expect<NpmProbeReply>(await askJson(post(ROUTES.npmProbe, { spec }, signal)), ['name', 'wanted', 'route', 'upstream', 'peers', 'signatures', 'verdict']),
  npmBring: async (question, signal) =>
    expect<NpmBroughtReply>(await askJson(post(ROUTES.npmBring, question, signal)), ['sha512', 'digest', 'sizeBytes', 'from']),
  npmKeep: async (question, signal) => expect<NpmKeptReply>(await askJson(post(ROUTES.npmKeep, question, signal)), ['archives', 'bytes', 'missing']),
  npmCopies: async (question, signal) =>
    expect<NpmCopiesReply>(await askJson(post(ROUTES.npmCopies, question, signal)), ['wanted', 'lowest', 'share', 'peers']),
  npmKept: async (signal) => expect<NpmKeptListReply>(await askJson(get(ROUTES.npmKept, signal)), ['kept']),
  npmUnkeep: async (lockfile, signal) => expect<NpmUnkeptReply>(await askJson(post(ROUTES.npmUnkeep, { lockfile }, signal)), ['dropped']),
  npmAddresses: async (packages, signal) =>
    expect<NpmAddressesReply>(await askJson(post(ROUTES.npmAddresses, { packages }, signal)), ['addresses']),
})

const pinClient = (get: Get, post: Post): Pick<ControlClient, 'pins' | 'pin' | 'unpin'> => ({
  pins: async (signal) => expect<PinsReply>(await askJson(get(ROUTES.pins, signal)), ['pins']),
  pin: async (spec, signal) => expect<PinReply>(await askJson(post(ROUTES.pin, { spec }, signal)), PIN),
  unpin: async (spec, signal) => expect<UnpinReply>(await askJson(post(ROUTES.unpin, { spec }, signal)), ['unpinned']),
})

/** A client for the node that listens on `socketPath`. Opens nothing by itself; each call has a connection of its own. */
export const controlClient = (socketPath: string): ControlClient => {
  const get: Get = (path, signal) => ({ socketPath, method: 'GET', path, signal })
  const post: Post = (path, body, signal) => ({ socketPath, method: 'POST', path, body, signal })
  return {
    health: async (signal) => expect<HealthReply>(await askJson(get(ROUTES.health, signal)), HEALTH),
    status: async (signal) => expect<StatusReply>(await askJson(get(ROUTES.status, signal)), STATUS),
    settings: async (signal) => expect<TakenSettingsReply>(await askJson(get(ROUTES.settings, signal)), ['settings']),
    peers: async (signal) => {
      const rows = await askJson(get(ROUTES.peers, signal))
      if (!Array.isArray(rows)) throw unknownForm('an answer of an unknown form')
      return rows.map((row: unknown) => expect<PeerReply>(row, PEER))
    },
    ...accessClient(get, post),
    limits: async (signal) => expect<LimitsReply>(await askJson(get(ROUTES.limits, signal)), LIMITS),
    setLimits: async (question, signal) =>
      expect<LimitsReply>(await askJson({ socketPath, method: 'PUT', path: ROUTES.limits, body: question, signal }), LIMITS),
    search: async (question, signal) => expect<SearchReply>(await askJson(post(ROUTES.search, question, signal)), ['total', 'results']),
    watch: async (question, signal) => {
      const asked = get(`${ROUTES.watch}?${parametersOf(question)}`, signal)
      return readNews(readPieces(await openAnswer(asked), asked))
    },
    info: async (spec, signal, registries) => expectVouched<PackageReply>(await askJson(post(ROUTES.info, { spec, registries }, signal)), PACKAGE),
    sources: async (spec, signal, registries) => expectSources(await askJson(post(ROUTES.info, { spec, sources: true, registries }, signal))),
    plan: async (question, signal) => expect<PlanReply>(await askJson(post(ROUTES.plan, question, signal)), ['packages', 'left']),
    prepare: async (question, signal) => {
      return expectPrepared(await askJson(post(ROUTES.prepare, { ...question, chain: question.chain.map(base64) }, signal)))
    },
    commit: async (intent, signatures, signal) =>
      expect<ReceiptReply>(await askJson(post(ROUTES.commit, { intent, signatures: signatures.map(wireSignature) }, signal)), RECEIPT),
    prepareStatement: async ({ identity, chain, feed, statement }, signal) => {
      const asked = post(ROUTES.prepareStatement, { identity, chain: chain.map(base64), feed, statement }, signal)
      const { intent, payload } = expect<{ intent: OpId; payload: string }>(await askJson(asked), ['intent', 'payload'])
      return { intent, payload: Uint8Array.from(Buffer.from(payload, 'base64')) }
    },
    commitStatement: async (intent, signatures, signal) =>
      expect<SaidReply>(await askJson(post(ROUTES.commitStatement, { intent, signatures: signatures.map(wireSignature) }, signal)), SAID),
    fetch: async (wish, signal, onProgress) => {
      const question = post(ROUTES.fetch, wish, signal)
      if (onProgress === undefined) return expectVouched<FetchReply>(await askJson(question), FETCHED)
      const { readFetch } = await import('./read-fetch.ts')
      return expectVouched<FetchReply>(await readFetch(askStream({ ...question, accept: 'text/event-stream' }), onProgress), FETCHED)
    },
    readBlob: (digest, signal) => askStream(get(`${ROUTES.blobs}/${digest}`, signal)),
    replicate: async (question, signal) => expect<ReplicationReply>(await askJson(post(ROUTES.replicate, question, signal)), REPLICATION),
    chain: async (identity, signal) => {
      const { chain } = expect<{ chain: readonly string[] }>(await askJson(post(ROUTES.chain, { identity }, signal)), ['chain'])
      return chain.map((text) => Uint8Array.from(Buffer.from(text, 'base64')))
    },
    staged: async (identity, signal) => expect<StagedListReply>(await askJson(post(ROUTES.staged, { identity }, signal)), ['staged']),
    prepareApproval: async ({ chain, ...question }, signal) => {
      const reply = await askJson(post(ROUTES.prepareApproval, { ...question, chain: chain.map(base64) }, signal))
      const { payload, ...staged } = expect<StagedReply & { payload: string }>(reply, [...STAGED, 'payload'])
      return { ...staged, payload: Uint8Array.from(Buffer.from(payload, 'base64')) }
    },
    approve: async (op, signatures, signal) =>
      expect<ApprovedReply>(await askJson(post(ROUTES.approve, { op, signatures: signatures.map(wireSignature) }, signal)), STAGED),
    trust: async (signal) => expect<TrustReply>(await askJson(get(ROUTES.trust, signal)), ['names']),
    trustAdd: async (name, identity, signal) => expect<TrustedNameReply>(await askJson(post(ROUTES.trustAdd, { name, identity }, signal)), TRUSTED),
    trustRemove: async (name, signal) => expect<TrustedNameReply>(await askJson(post(ROUTES.trustRemove, { name }, signal)), TRUSTED),
    trustWhy: async (name, signal) => expect<TrustReport>(await askJson(post(ROUTES.trustWhy, { name }, signal)), ['name', 'verdict', 'claims', 'claimCount']),
    ...wordClient(get, post),
    ...cacheClient(get, post),
    ...pinClient(get, post),
    ...bundleClient(post), ...npmClient(get, post),
    events: (signal) => readEvents(askStream(get(ROUTES.events, signal))),
    stop: async (signal) => {
      await askJson(post(ROUTES.stop, {}, signal))
    },
  }
}
