import { basename } from 'node:path'
import {
  type ChainOp, digestOf, type Evidence, GgenError, type IdentityId, type LookAlike, type OneRegistry, type OpId, type Origin, type PackageName,
  type PackageSpec, parsePackageName, parsePeerId, parseVersion, type PeerId, type Proof, type PublicKey, type Sha512, shortIdentity, type SourceShare,
  type Summary, type TransferReport, type TrustReport,
} from '#core'
import type {
  FetchedRelease, Following, InstallPlan, Keeping, Marketplace, PinnedPackage, PlanRequest, PublishReceipt, SignedPackage, StagedRecord, TrustedName, Trusting,
} from '#marketplace'
import { installedPublisher } from '#flow/resolve'
import { firstReleasePayload, firstStatusPayload, opinionPayload } from '#testing'
import { changeRoles, encodePayload, openOp, opIdOf, readUnsigned, viewIdentity } from '#trust'
import { cannedFollowing } from './canned-following.ts'
import { cannedNews } from './canned-news.ts'
import { cannedReceipt, isHandedOver } from './canned-receipt.ts'
import { cannedSearch } from './canned-search.ts'

/** The publisher of everything in the canned marketplace, and of what is published to it. */
export const ADA = `bafyrei${'e7qm'.repeat(10)}k5xwadaqlove` as IdentityId
const BOB = `bafyrei${'f3zn'.repeat(10)}h2tubob4emya` as IdentityId
const SHA512 = '0'.repeat(128) as Sha512
const OP = `bafyrei${'c4ra'.repeat(13)}` as OpId
const PEERS: readonly PeerId[] = [parsePeerId(`12D3Koo${'WAlice'.repeat(7)}abc`.replaceAll('l', 'L')), parsePeerId(`12D3Koo${'WBobby'.repeat(7)}abc`)]

interface Canned {
  readonly name: string
  readonly version: string
  readonly older: readonly string[]
  readonly summary: Summary
  readonly holders: number
}

const about = (title: string, tags: readonly string[]): Summary => ({ title, description: title, tags, category: 'templates', license: 'MIT', author: 'Ada' })

const PACKAGES: readonly Canned[] = [
  { name: 'rust-web-framework', version: '1.2.0', older: ['1.1.0', '1.0.0'], summary: about('A fast web framework for Rust', ['rust', 'web']), holders: 3 },
  { name: 'io.ggen.rust.cli', version: '0.4.1', older: [], summary: about('Scaffolds a command line program in Rust', ['rust', 'cli']), holders: 2 },
  { name: 'unknown-tool', version: '1.0.0', older: [], summary: about('From somebody nobody knows', []), holders: 1 },
  { name: 'orphan', version: '0.1.0', older: [], summary: about('Held by nobody who is up', []), holders: 0 },
]

const bytesOf = (name: string, version: string): Uint8Array => Buffer.from(`archive of ${name} ${version}\n`.repeat(100))

const find = ({ name, identity, range }: PackageSpec): Canned => {
  if (name === parsePackageName('logger') && identity === undefined) {
    throw new GgenError('name-contested', 'two publishers offer logger', { details: { publishers: [ADA, BOB] } })
  }
  const found = PACKAGES.find((one) => one.name === String(name))
  if (found === undefined) throw new GgenError('package-not-found', `nobody offers ${name}`)
  if (range !== undefined && !/^(?:\^|~)?[01]/.test(range)) throw new GgenError('version-not-found', `${name} has no version ${range}`)
  return found
}

const describe = ({ name, version, older, summary, holders }: Canned): SignedPackage => {
  const bytes = bytesOf(name, version)
  return {
    name: parsePackageName(name), identity: ADA, version: parseVersion(version), standing: 'live', summary,
    digest: digestOf(bytes), sizeBytes: bytes.length, op: OP, publishedAt: 1_795_232_949, scripts: false, bins: 1, dependencies: 0, holders,
    versions: [version, ...older].map((one) => ({ version: parseVersion(one), standing: one === '1.1.0' ? 'yanked' : 'live', publishedAt: 1_795_232_949 })),
  }
}

const receiptOf = (folder: string, tells?: OneRegistry): PublishReceipt =>
  cannedReceipt({ folder, isForPeers: tells === 'p2p' }, { identity: ADA, op: OP, bytes: bytesOf(folder, '1.0.0') })

const reportOf = (sizeBytes: number): TransferReport & { readonly proof: Proof } => {
  const half = Math.floor(sizeBytes / 2)
  const sources = PEERS.map((peer, index): SourceShare => {
    const [offset, bytes] = index === 0 ? [0, half] : [half, sizeBytes - half]
    return { peer, carrier: index === 0 ? 'tls' : 'stream', bytes, ranges: [[offset, bytes]], bytesPerSecond: 1_500_000 - 600_000 * index }
  })
  return { sources, resumedBytes: 0, wastedBytes: 0, durationMs: 4, proof: { release: OP, identity: ADA, sha512: SHA512 } }
}

const fetched = (one: Canned): FetchedRelease => {
  if (one.holders === 0) throw new GgenError('no-holder', `nobody who is up holds ${one.name} ${one.version}`)
  const { name, version, identity, digest, sizeBytes } = describe(one)
  return { name, version, identity, digest, sha512: SHA512, sizeBytes, ...reportOf(sizeBytes) }
}

/** What is wanted, which wants nothing. */
const cannedPlan = ({ wanted, locked }: PlanRequest): InstallPlan => {
  const packages = wanted.map(({ spec }) => {
    const { name, version, identity, digest, sizeBytes } = describe(find(spec))
    const isLocked = locked.some((lock) => lock.name === name && lock.version === version)
    return { name, version, identity, digest, sha512: SHA512, sizeBytes, dependencies: [], wantedBy: [{ kind: 'needed' as const }], isLocked }
  })
  return { packages, left: [] }
}

const originOf = ({ name, holders }: Canned, { sizeBytes, publishedAt }: SignedPackage): Origin => {
  if (holders === 0) return { origin: 'none', sources: [] }
  if (name === 'io.ggen.rust.cli') return { origin: 'published', sources: [] }
  return { origin: 'fetched', fetchedAt: publishedAt * 1000, ...reportOf(sizeBytes) }
}

/** Keeps what it is told to. Of the two peers, one keeps copies for others. */
const cannedKeeping = (): Keeping => {
  const HELD = { count: 12, bytes: 4_812_000 }
  let kept: readonly PinnedPackage[] = []
  return {
    pin: async (spec) => {
      const { name, version, identity, digest, sizeBytes, publishedAt } = describe(find(spec))
      const pinned: PinnedPackage = { name, version, identity, digest, sizeBytes, reason: 'pin', since: publishedAt * 1000 }
      kept = [...kept, pinned]
      return pinned
    },
    unpin: async ({ name }) => {
      const unpinned = kept.filter((one) => one.name === name)
      if (unpinned.length === 0) throw new GgenError('not-pinned', `${name} is not pinned`)
      kept = kept.filter((one) => one.name !== name)
      return unpinned
    },
    pins: async () => kept,
    usage: async () => ({ ...HELD, partialBytes: 0, quotaBytes: 10_737_418_240, kept: { count: kept.length, bytes: 2800 * kept.length } }),
    clear: async () => HELD,
    check: async () => ({ ...HELD, damaged: [{ digest: digestOf(Buffer.from('bit rot')), sizeBytes: 2800, isKept: false }] }),
    replicate: async (_spec, { replicas }) => ({
      wanted: replicas,
      holders: PEERS.slice(0, 1),
      promised: [],
      declined: replicas === 1 ? [] : PEERS.slice(1).map((peer) => ({ peer, why: 'policy' as const })),
    }),
  }
}

/** The key of a machine of Ada's, and what it has staged. */
const MACHINE = `ed01${'d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'}` as PublicKey
const STAGED = {
  op: OP, identity: ADA, name: parsePackageName('rust-web-framework'), version: parseVersion('1.3.0'), says: 'release',
  digest: digestOf(bytesOf('rust-web-framework', '1.3.0')), at: 1_795_232_949, signatures: 1, need: 2, people: 0, human: 1,
} as const satisfies StagedRecord

/** What that key says of others, and its payload. */
const stagedOpinion = (identity: IdentityId): { readonly staged: StagedRecord; readonly payload: Uint8Array } => {
  const opinion = { type: 'endorse', target: BOB, names: [parsePackageName('logger')], level: 'block', why: 'sends what it logs' } as const
  const payload = opinionPayload({ identity, feed: MACHINE }, opinion)
  const { at, signatures, need, people, human } = STAGED
  return { staged: { op: opIdOf(payload), identity, says: 'opinion', opinion, at, signatures, need, people, human }, payload }
}

/** Bob warns those who follow him of older versions of a package. */
const assertNotAdvised = async ({ name, range = '' }: PackageSpec, following: Following): Promise<void> => {
  if (name !== 'rust-web-framework' || !/^1\.[01]/.test(range) || !(await following.followed()).some(({ identity }) => identity === BOB)) return
  throw new GgenError('advised-against', `${name}@${range} should not be used, says ${shortIdentity(BOB)}, whom you follow (high): leaks memory`, {
    hint: `it is repaired in 1.2.0: ggen install '${name}@>=1.2.0'; or install it all the same with --accept-advisory`, details: { name, by: BOB },
  })
}

type Asked = Pick<PlanRequest, 'wanted' | 'acceptAdvisory'> & { readonly locked: readonly { readonly name: PackageName }[] }

/** For one publisher nothing speaks, and one name was copied; what a lock names is a pin. */
const assertAllowed = async ({ wanted, locked, acceptAdvisory }: Asked, following: Following): Promise<void> => {
  for (const { spec, trust } of wanted) {
    if (acceptAdvisory !== true) await assertNotAdvised(spec, following)
    const isDecided = trust === ADA || locked.some(({ name }) => name === spec.name)
    if ((spec.name === 'unknown-tool' && !isDecided) || spec.name === COPIED) installedPublisher(cannedReport(spec.name, undefined), 'ask')
  }
}

const cannedStatement: Marketplace['speaking']['prepare'] = async ({ identity, chain, feed, statement }) => {
  if (statement.type === 'roles') {
    const view = viewIdentity(identity, chain.map((envelope) => openOp(envelope) as ChainOp))
    if (view === undefined) throw new GgenError('op-invalid', 'the chain is not the one of this identity')
    const body = changeRoles(view, statement.change, [])
    return { intent: OP, payload: encodePayload({ type: 'roles', identity, at: view.seq, seq: view.seq + 1, prev: view.head, body }) }
  }
  if (statement.type !== 'status') return { intent: OP, payload: opinionPayload({ identity, feed }, statement) }
  const known = find({ name: statement.name })
  if (statement.version !== '*' && known.version !== String(statement.version)) {
    throw new GgenError('version-not-found', `${statement.name} has no version ${statement.version}`)
  }
  return { intent: OP, payload: firstStatusPayload({ identity, feed }, statement) }
}

/** Every name that Ada publishes under was accepted once, but for one. */
const cannedTrusting = (): Trusting => {
  const names = new Map<PackageName, TrustedName>()
  const bind = (name: PackageName, identity: IdentityId, how: TrustedName['how']): TrustedName => {
    const bound: TrustedName = { name, identity, since: 1_795_232_949_000, how }
    names.set(name, bound)
    return bound
  }
  bind(parsePackageName('rust-web-framework'), ADA, 'first-use')
  return {
    names: async () => [...names.values()],
    add: async (name, identity) => bind(name, identity, 'chosen'),
    remove: async (name) => {
      const bound = names.get(name)
      if (bound === undefined) throw new GgenError('not-trusted', `${name} is not bound to any publisher here`)
      names.delete(name)
      return bound
    },
    why: async (name) => cannedReport(name, names.get(name)),
  }
}

/** What Bob made of a name of Ada's, and what Ada makes of one of Bob's. */
const COPIED = parsePackageName('rust-web-framewrok')
const COPY = parsePackageName('loger')
const LOOK_ALIKES: ReadonlyMap<string, readonly LookAlike[]> = new Map([
  [COPIED, [{ known: parsePackageName('rust-web-framework'), kind: 'swapped', because: 'bound', identity: ADA }]],
  [COPY, [{ known: parsePackageName('logger'), kind: 'doubled', because: 'older', identity: BOB }]],
])

const cannedReport = (name: PackageName, pin: TrustedName | undefined): TrustReport => {
  const knownSince = 1_795_232_949_000
  const lookAlikes = LOOK_ALIKES.get(name)
  if (name === 'logger' && pin === undefined) {
    const claims = [ADA, BOB].map((identity) => ({ identity, evidence: [], knownSince }))
    return { name, verdict: { outcome: 'contested' }, claims, claimCount: 2 }
  }
  if (pin === undefined) {
    const identity = name === COPIED ? BOB : ADA
    const alike = lookAlikes !== undefined && { lookAlikes }
    return { name, verdict: { outcome: 'unverified', identity }, claims: [{ identity, evidence: [], knownSince }], claimCount: 1, ...alike }
  }
  const evidence: Evidence = { kind: 'pinned', since: pin.since, how: pin.how }
  return {
    name, verdict: { outcome: 'trusted', identity: pin.identity, evidence },
    claims: [{ identity: pin.identity, evidence: [evidence], knownSince }], claimCount: 1,
  }
}

/** A marketplace with three packages that never change. Folders called `hello-pack` and a few more can be published, others cannot. */
export const cannedMarketplace = (): Marketplace => {
  const following = cannedFollowing(ADA)
  const published = new Set<string>()
  let prepared = receiptOf('hello-pack')
  let toApprove: StagedRecord = STAGED
  return {
    prepare: async ({ path, identity, feed, tells }) => {
      const folder = basename(path)
      if (folder === 'empty') throw new GgenError('manifest-missing', `${path} has no manifest`)
      if (folder !== 'hello-pack' && folder !== COPY && !isHandedOver(folder)) throw new GgenError('path-not-found', `there is no ${path}`)
      const receipt = receiptOf(folder, tells)
      if (published.has(folder)) return { state: 'published', receipt }
      const { name, version } = receipt
      const lookAlikes = LOOK_ALIKES.get(name)
      const payload = firstReleasePayload({ identity, feed }, name, version)
      prepared = receipt
      return { state: 'unsigned', intent: OP, payload, name, version, ...(lookAlikes !== undefined && { lookAlikes }) }
    },
    commit: async () => {
      published.add(prepared.name)
      return prepared
    },
    search: async (query) => cannedSearch(PACKAGES.map(describe), query),
    watch: (wish, signal) => cannedNews(PACKAGES.map(describe), wish, signal),
    info: async (spec) => describe(find(spec)),
    sources: async (spec) => {
      const found = find(spec)
      const about = describe(found)
      return { ...about, ...originOf(found, about) }
    },
    plan: async (request) => {
      await assertAllowed(request, following)
      return cannedPlan(request)
    },
    fetch: async ({ acceptAdvisory = false, locked, ...one }) => {
      await assertAllowed({ wanted: [one], locked: locked === undefined ? [] : [{ name: one.spec.name }], acceptAdvisory }, following)
      return fetched(find(one.spec))
    },
    read: (digest) => {
      const held = PACKAGES.find((one) => describe(one).digest === digest)
      if (held === undefined) throw new GgenError('blob-not-found', `no ${digest} here`)
      return ReadableStream.from([bytesOf(held.name, held.version)])
    },
    status: async () => ({
      packages: 3, releases: 5, blobs: 2, catalogue: { ops: 8, fingerprint: 'c4'.repeat(32) }, freshness: 'synced',
      evidence: { peers: 2, networks: 1, newestOpAt: 1_795_232_949, newestOpAgeSeconds: 3 * 86_400, proven: false },
    }),
    peerScore: (peer) => (peer === PEERS[0] ? 0.875 : undefined),
    keeping: cannedKeeping(),
    trusting: cannedTrusting(),
    following,
    speaking: {
      prepare: cannedStatement,
      commit: async () => ({ op: OP, identity: ADA, peers: 2 }),
      chainOf: async () => [],
      staged: async (identity) => [STAGED, stagedOpinion(identity).staged],
      prepareApproval: async ({ identity, ...what }) => {
        const opinion = stagedOpinion(identity)
        toApprove = 'op' in what ? opinion.staged : STAGED
        if ('op' in what) return { ...opinion.staged, payload: opinion.payload }
        const payload = firstReleasePayload({ identity, feed: MACHINE }, STAGED.name, STAGED.version)
        const op = readUnsigned(payload)
        return { ...STAGED, identity, op: op.id, ...(op.type === 'release' && { digest: op.body.artifact.digest }), payload }
      },
      approve: async () => ({ ...toApprove, signatures: 2, people: 1 }),
    },
  }
}

/** Two peers that never leave. */
export const CANNED_PEERS = PEERS.map((peer, index) => ({
  peer, address: undefined, direction: index === 0 ? 'outbound' as const : 'inbound' as const, latencyMs: 12.4 + index, since: 1_795_232_949_000,
  protocols: ['/ggen/blob/1', '/ggen/have/1'],
}))
