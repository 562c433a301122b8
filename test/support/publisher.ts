import { createHash } from 'node:crypto'
import {
  type AdvisoryBody, type AdvisoryOp, digestOf, type EndorseBody, type EndorseOp, type FeedOp, type GenesisOp, type IdentityId, type OpId,
  type OpinionStatement, type PackageName, parsePackageName, parseVersion, type PublicKey, type ReleaseBody, type ReleaseOp, type RolesOp, type Sha512,
  type StatusOp, type StatusState, type StatusStatement, type Summary,
} from '#core'
import { createIdentity, encodePayload, type KeyPair, keyPairFromSeed, openOp, type ReleaseDraft, signPayload, type StatusDraft } from '#trust'

/** When tests take place, Unix seconds. */
export const TEST_EPOCH = 1_763_683_200

/** Bytes that look random and are the same in every run. */
export const seeded = (seed: string): { bytes(count: number): Uint8Array; fraction(): number } => {
  let round = 0
  const bytes = (count: number): Uint8Array => {
    const blocks: Buffer[] = []
    while (blocks.length * 32 < count) blocks.push(createHash('sha256').update(`${seed} ${round++}`).digest())
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, count))
  }
  return { bytes, fraction: () => Buffer.from(bytes(4)).readUInt32BE() / 2 ** 32 }
}

export interface ReleaseChange {
  /** Stands for the archive: other content, other digests. */
  readonly content?: string | Uint8Array
  readonly summary?: Partial<Summary>
  /** Unix seconds; default: one after the op before. */
  readonly at?: number
}

const releaseBody = (identity: IdentityId, { name, version }: { name: string; version: string }, { content, summary = {} }: ReleaseChange): ReleaseBody => {
  const bytes = content instanceof Uint8Array ? content : Buffer.from(content ?? `${name} ${version}`)
  return {
    roles: identity,
    name: parsePackageName(name),
    version: parseVersion(version),
    kind: 'tgz',
    artifact: { digest: digestOf(bytes), sha512: createHash('sha512').update(bytes).digest('hex') as Sha512, sizeBytes: bytes.length },
    metadata: { digest: digestOf(Buffer.from('{}')), sizeBytes: 2 },
    summary: { title: name, description: '', tags: [], category: 'uncategorized', license: 'MIT', author: '', ...summary },
    scripts: false,
    bins: 0,
    dependencies: 0,
    provenance: [],
  }
}

/** What a node prepares for the first release of a package: the payload that waits for its signature. */
export const firstReleasePayload = ({ identity, feed }: Pick<ReleaseDraft, 'identity' | 'feed'>, name: string, version: string): Uint8Array =>
  encodePayload({ type: 'release', identity, feed, seq: 0, at: TEST_EPOCH, body: releaseBody(identity, { name, version }, {}) })

/** What a node prepares when the publisher says something of a version, as the first record of its package. */
export const firstStatusPayload = ({ identity, feed }: Pick<StatusDraft, 'identity' | 'feed'>, { type, ...said }: StatusStatement): Uint8Array =>
  encodePayload({ type, identity, feed, seq: 0, at: TEST_EPOCH, body: { roles: identity, ...said } })

/** What a node prepares when the publisher says something of somebody else. */
export const opinionPayload = ({ identity, feed: key }: Pick<ReleaseDraft, 'identity' | 'feed'>, statement: OpinionStatement): Uint8Array => {
  const head = { identity, key, seq: 0 as const, at: TEST_EPOCH }
  if (statement.type === 'advisory') {
    const { type, ...said } = statement
    return encodePayload({ type, ...head, body: { roles: identity, ...said } })
  }
  const { type, ...said } = statement
  return encodePayload({ type, ...head, body: { roles: identity, ...said } })
}

/** A publisher with one release key, for tests: signs well-formed ops one after the other. */
export class Publisher {
  readonly identity: IdentityId
  readonly genesis: Uint8Array
  readonly feed: PublicKey
  readonly #key: KeyPair
  readonly #root: KeyPair
  readonly #ends = new Map<PackageName, { seq: number; id: OpId; at: number }>()
  readonly #born: number
  /** When the last opinion was said. */
  #said: number

  constructor(seed: string, at = TEST_EPOCH) {
    const made = createIdentity(seeded(seed), at)
    this.#born = at
    this.#said = at
    this.identity = made.identity
    this.genesis = made.genesis
    this.#key = keyPairFromSeed(made.release)
    this.#root = keyPairFromSeed(made.root)
    this.feed = this.#key.publicKey
  }

  sign(payload: Uint8Array): Uint8Array {
    return signPayload(payload, [this.#key])
  }

  /** The next release of a package. */
  release(name: string, version: string, change: ReleaseChange = {}): ReleaseOp {
    const body = releaseBody(this.identity, { name, version }, change)
    return this.#next({ type: 'release', ...this.#head(body.name, change.at), body }) as ReleaseOp
  }

  /** The next word about a package: of one version, or of all with `*`. */
  status(name: string, version: string, said: { readonly state: StatusState; readonly why?: string }): StatusOp {
    const package_ = parsePackageName(name)
    const body = { roles: this.identity, name: package_, version: version === '*' ? '*' as const : parseVersion(version), ...said }
    return this.#next({ type: 'status', ...this.#head(package_), body }) as StatusOp
  }

  /** A warning of another publisher, or what `said` makes of it. */
  endorse(target: IdentityId, { at, ...said }: Partial<EndorseBody> & { readonly at?: number } = {}): EndorseOp {
    const body: EndorseBody = { roles: this.identity, target, names: [], level: 'block', ...said }
    return openOp(this.sign(encodePayload({ type: 'endorse', ...this.#opinion(at), body }))) as EndorseOp
  }

  /** Advice against every version of a package, or what `said` makes of it. */
  advise(target: IdentityId, name: string, { at, ...said }: Partial<AdvisoryBody> & { readonly at?: number } = {}): AdvisoryOp {
    const body: AdvisoryBody = { roles: this.identity, target, name: parsePackageName(name), range: '*', severity: 'high', ...said }
    return openOp(this.sign(encodePayload({ type: 'advisory', ...this.#opinion(at), body }))) as AdvisoryOp
  }

  /** The end: the one release key is revoked, and nothing that it signed is confirmed. To be said once. */
  revokeAll(): RolesOp {
    const genesis = openOp(this.genesis) as GenesisOp
    const { nonce: _, ...roles } = genesis.body
    const body = { ...roles, release: [], revoked: [{ key: this.feed, feeds: [] }], domains: [] }
    const draft = { type: 'roles' as const, identity: this.identity, at: this.#born, seq: 1, prev: genesis.id, body }
    return openOp(signPayload(encodePayload(draft), [this.#root])) as RolesOp
  }

  #opinion(at = this.#said + 1): Pick<EndorseOp, 'identity' | 'key' | 'seq' | 'at'> {
    this.#said = at
    return { identity: this.identity, key: this.feed, seq: 0, at }
  }

  #head(name: PackageName, at?: number): Pick<ReleaseDraft, 'identity' | 'feed' | 'seq' | 'prev' | 'at'> {
    const end = this.#ends.get(name)
    const place = end === undefined ? { seq: 0 } : { seq: end.seq + 1, prev: end.id }
    return { identity: this.identity, feed: this.feed, ...place, at: at ?? (end?.at ?? this.#born) + 1 }
  }

  #next(draft: ReleaseDraft | StatusDraft): FeedOp {
    const op = openOp(this.sign(encodePayload(draft))) as FeedOp
    this.#ends.set(draft.body.name, { seq: op.seq, id: op.id, at: op.at })
    return op
  }
}
