import { isAbsolute } from 'node:path'
import { z } from 'zod'
import {
  type AskedRegistries, type BanSubject, type Digest, GgenError, type IdentityId, isOpId, LIMITS, type LimitsChange, type Multiaddr,
  NEWS_TYPES, NPM_LIMITS, type OpId, type PackageName, type PackageSpec,
  parseBanSubject, parseDigest, parseMultiaddr, parsePackageName, parsePackageSpec, parsePeerId, parseVersion, type PeerId, type PublicKey,
  type Sha512, STATUS_STATES,
} from '#core'
import type { ApprovalRequest, FetchRequest, PublishRequest, SearchQuery, StatementRequest, WatchWish } from '#marketplace'
import { oneRegistry, registries } from './registries-question.ts'
import { statement } from './statement-question.ts'

const PATH_CHARS = 4096
const PUBLIC_KEY = /^ed01[0-9a-f]{64}$/
const SIGNATURE_BYTES = 64
const BAN_MS = 10 * 366 * 24 * 60 * 60 * 1000
const WAIT_MS = 24 * 60 * 60 * 1000

const bytes = (maxBytes: number): z.ZodType<Uint8Array> =>
  z
    .base64()
    .max(Math.ceil(maxBytes / 3) * 4)
    .transform((text) => Uint8Array.from(Buffer.from(text, 'base64')))

const opId = z.string().refine(isOpId, 'not an id')

const words = z.array(z.string().max(LIMITS.queryChars)).max(LIMITS.queryWords)

const text = z.string().max(LIMITS.queryChars).exactOptional()

const search = z.strictObject({
  words,
  category: text,
  tags: words.exactOptional(),
  author: text,
  license: text,
  publisher: opId.exactOptional(),
  kind: text,
  scripts: z.boolean().exactOptional(),
  since: z.int().min(0).exactOptional(),
  sort: z.enum(['relevance', 'name', 'date']).exactOptional(),
  limit: z.int().min(1).max(LIMITS.searchResults).exactOptional(),
  cursor: z.string().max(LIMITS.cursorChars).exactOptional(),
  explain: z.boolean().exactOptional(),
  registries: registries.exactOptional(),
})

/** A parameter of a query: what comes once is a text, what is repeated a list. */
const list = <T extends string>(item: z.ZodType<T>, most: number): z.ZodType<readonly T[]> =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item).max(most))

const texts = list(z.string().max(LIMITS.queryChars), LIMITS.queryWords)

const watch = z.strictObject({
  words: texts.default([]),
  names: list(z.string(), LIMITS.watchedNames).exactOptional(),
  types: list(z.enum(NEWS_TYPES), NEWS_TYPES.length).exactOptional(),
  states: list(z.enum(STATUS_STATES), STATUS_STATES.length).exactOptional(),
  category: text,
  tags: texts.exactOptional(),
  author: text,
  license: text,
  publisher: opId.exactOptional(),
  kind: text,
  scripts: z.enum(['true', 'false']).transform((value) => value === 'true').exactOptional(),
  since: z.string().regex(/^\d{1,15}$/, 'not a number of seconds').transform(Number).exactOptional(),
})

const spec = z.strictObject({ spec: z.string() })

const fetchQuestion = z.strictObject({
  spec: z.string(),
  trust: opId.exactOptional(),
  locked: opId.exactOptional(),
  vouched: z
    .strictObject({
      source: z.string().min(1).max(LIMITS.referenceChars), digest: z.string(), sizeBytes: z.int().min(0).max(LIMITS.archiveBytes).exactOptional(),
    })
    .exactOptional(),
  acceptDowngrade: z.boolean().exactOptional(),
  acceptAdvisory: z.boolean().exactOptional(),
  offline: z.boolean().exactOptional(),
  registries: registries.exactOptional(),
})

const publisher = z.strictObject({ identity: opId })

const subject = { identity: opId, name: z.string().exactOptional() }

const block = z.strictObject({ ...subject, why: z.string().max(LIMITS.reasonChars).exactOptional() })

const unblock = z.strictObject(subject)

const trusted = z.strictObject({ name: z.string(), identity: opId })

const named = z.strictObject({ name: z.string() })

const info = z.strictObject({ spec: z.string(), sources: z.boolean().exactOptional(), registries: registries.exactOptional() })

const publicKey = z.string().regex(PUBLIC_KEY, 'not a public key').transform((text) => text as PublicKey)

const chain = z.array(bytes(LIMITS.opBytes)).min(1).max(LIMITS.chainOps)

const prepare = z.strictObject({
  path: z.string().max(PATH_CHARS).refine((path) => isAbsolute(path) && !path.includes('\0'), 'not an absolute path'),
  identity: opId,
  chain,
  feed: publicKey,
  mirror: z.strictObject({ of: z.string().min(1).max(LIMITS.referenceChars) }).exactOptional(),
  tells: oneRegistry.exactOptional(),
})

const signatureBytes = bytes(SIGNATURE_BYTES).refine((signature) => signature.length === SIGNATURE_BYTES, `not ${SIGNATURE_BYTES} bytes`)

const signatures = z.array(z.strictObject({ key: publicKey, signature: signatureBytes })).min(1).max(LIMITS.opSignatures)

const commit = z.strictObject({ intent: opId, signatures })

const statementRequest = z.strictObject({ identity: opId, chain, feed: publicKey, statement })

const ofIdentity = z.strictObject({ identity: opId })

const approval = z.union([
  z.strictObject({ identity: opId, chain, name: z.string(), version: z.string().exactOptional() }), z.strictObject({ identity: opId, chain, op: opId }),
])

const approve = z.strictObject({ op: opId, signatures })

const replicate = z.strictObject({ spec: z.string(), replicas: z.int().min(1).max(LIMITS.replicas), waitMs: z.int().min(1).max(WAIT_MS) })

const rate = z.int().min(LIMITS.stallBytesPerSecond).nullable().exactOptional()

const limits = z
  .strictObject({ up: rate, down: rate, perPeer: rate, reset: z.literal(true).exactOptional() })
  .refine((body) => body.reset === undefined || Object.keys(body).length === 1, { error: 'either reset or new limits', path: ['reset'] })

const ban = z.strictObject({
  subject: z.string(),
  reason: z.string().max(LIMITS.reasonChars).default(''),
  forMs: z.int().min(1).max(BAN_MS).exactOptional(),
})

const unban = z.strictObject({ subject: z.string() })

const peer = z.strictObject({ peer: z.string() })

const address = z.strictObject({ address: z.string() })

/** As npm takes it. */
const npmSpec = z.strictObject({ spec: z.string().max(LIMITS.queryChars) })

const uploadId = z.strictObject({ id: z.string().max(64) })

const agoMs = z.strictObject({ agoMs: z.number().min(0) })

const npmBring = z.strictObject({
  name: z.string().max(NPM_LIMITS.nameBytes),
  version: z.string().max(LIMITS.queryChars),
  integrity: z.string().max(NPM_LIMITS.sourceBytes).exactOptional(),
  resolved: z.string().max(NPM_LIMITS.sourceBytes).exactOptional(),
})

const lockfile = z.string().min(1).max(PATH_CHARS)
const tarballs = z.array(z.string().regex(/^[0-9a-f]{128}$/, 'not a SHA-512').transform((text) => text as Sha512)).max(NPM_LIMITS.keptArchives)
const npmKeep = z.strictObject({ lockfile, tarballs, replicas: z.int().min(1).max(LIMITS.replicas) })
const npmCopies = z.strictObject({ lockfile, waitMs: z.int().min(1).max(WAIT_MS) })
const npmUnkeep = z.strictObject({ lockfile })

const npmPackages = z.strictObject({
  packages: z.array(z.strictObject({ name: z.string().max(NPM_LIMITS.nameBytes), version: z.string().max(LIMITS.queryChars) })).max(NPM_LIMITS.askedAddresses),
})

const nothing = z.strictObject({}).optional()

const read = <T>(schema: z.ZodType<T>, given: unknown, what = 'the body'): T => {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const place = (issue?.path ?? []).map(String).join('.')
  throw new GgenError('usage', `${place === '' ? what : place}: ${issue?.message ?? 'not understood'}`)
}

/** The bodies of the control protocol, read into core values. Each throws `usage`, or the code of the value that is wrong. */
export const readQuestion = {
  search: (body: unknown): SearchQuery => {
    const { publisher, ...query } = read(search, body)
    return { ...query, ...(publisher !== undefined && { publisher: publisher as IdentityId }) }
  },
  /** Of the query of the address. */
  watch: (query: unknown): WatchWish => {
    const { publisher, names, ...wish } = read(watch, query, 'the query')
    return {
      ...wish,
      ...(publisher !== undefined && { publisher: publisher as IdentityId }),
      ...(names !== undefined && { names: names.map(parsePackageName) }),
    }
  },
  spec: (body: unknown): PackageSpec => parsePackageSpec(read(spec, body).spec),
  identity: (body: unknown): IdentityId => read(ofIdentity, body).identity as IdentityId,
  approval: (body: unknown): ApprovalRequest => {
    const { identity: id, chain, ...what } = read(approval, body)
    const identity = id as IdentityId
    if ('op' in what) return { identity, chain, op: what.op }
    const wanted = what.version === undefined ? {} : { version: parseVersion(what.version) }
    return { identity, chain, name: parsePackageName(what.name), ...wanted }
  },
  approve: (body: unknown): { op: OpId; signatures: readonly { readonly key: PublicKey; readonly signature: Uint8Array }[] } => read(approve, body),
  fetch: (body: unknown): FetchRequest => {
    const { spec: text, trust, locked, vouched, ...accepted } = read(fetchQuestion, body)
    return {
      spec: parsePackageSpec(text),
      ...(vouched !== undefined && { vouched: { ...vouched, digest: parseDigest(vouched.digest) } }),
      ...(trust !== undefined && { trust: trust as IdentityId }),
      ...(locked !== undefined && { locked: locked as IdentityId }),
      ...accepted,
    }
  },
  trusted: (body: unknown): { name: PackageName; identity: IdentityId } => {
    const { name, identity } = read(trusted, body)
    return { name: parsePackageName(name), identity: identity as IdentityId }
  },
  publisher: (body: unknown): IdentityId => read(publisher, body).identity as IdentityId,
  block: (body: unknown): { identity: IdentityId; subject: { name?: PackageName; why?: string } } => {
    const { identity, name, ...said } = read(block, body)
    return { identity: identity as IdentityId, subject: { ...(name !== undefined && { name: parsePackageName(name) }), ...said } }
  },
  unblock: (body: unknown): { identity: IdentityId; name: PackageName | undefined } => {
    const { identity, name } = read(unblock, body)
    return { identity: identity as IdentityId, name: name === undefined ? undefined : parsePackageName(name) }
  },
  name: (body: unknown): PackageName => parsePackageName(read(named, body).name),
  info: (body: unknown): { spec: PackageSpec; wantsSources: boolean; registries: AskedRegistries | undefined } => {
    const { spec: text, sources: wantsSources = false, registries: asked } = read(info, body)
    return { spec: parsePackageSpec(text), wantsSources, registries: asked }
  },
  prepare: (body: unknown): PublishRequest => {
    const { identity, ...request } = read(prepare, body)
    return { ...request, identity: identity as IdentityId }
  },
  commit: (body: unknown): { intent: OpId; signatures: readonly { readonly key: PublicKey; readonly signature: Uint8Array }[] } => read(commit, body),
  statement: (body: unknown): StatementRequest => {
    const { identity, statement: said, ...request } = read(statementRequest, body)
    return { ...request, identity: identity as IdentityId, statement: said }
  },
  replicate: (body: unknown): { spec: PackageSpec; replicas: number; waitMs: number } => {
    const { spec: text, ...request } = read(replicate, body)
    return { spec: parsePackageSpec(text), ...request }
  },
  limits: (body: unknown): LimitsChange | { reset: true } => {
    const { reset, ...change } = read(limits, body)
    return reset === undefined ? change : { reset }
  },
  ban: (body: unknown): { subject: BanSubject; reason: string; forMs?: number } => {
    const { subject, ...decree } = read(ban, body)
    return { subject: parseBanSubject(subject), ...decree }
  },
  subject: (body: unknown): BanSubject => parseBanSubject(read(unban, body).subject),
  address: (body: unknown): Multiaddr => parseMultiaddr(read(address, body).address),
  peer: (body: unknown): PeerId => parsePeerId(read(peer, body).peer),
  digest: (parameter: string): Digest => parseDigest(parameter),
  npmBring: (body: unknown): z.infer<typeof npmBring> => read(npmBring, body),
  npmKeep: (body: unknown): z.infer<typeof npmKeep> => read(npmKeep, body),
  npmCopies: (body: unknown): z.infer<typeof npmCopies> => read(npmCopies, body),
  npmUnkeep: (body: unknown): string => read(npmUnkeep, body).lockfile,
  npmSpec: (body: unknown): string => read(npmSpec, body).spec,
  uploadId: (body: unknown): string => read(uploadId, body).id,
  agoMs: (body: unknown): number => read(agoMs, body).agoMs,
  npmPackages: (body: unknown): z.infer<typeof npmPackages>['packages'] => read(npmPackages, body).packages,
  nothing: (body: unknown): void => {
    read(nothing, body)
  },
}
