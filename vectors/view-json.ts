import { type IdentityId, isChainOp, isFeedOp, isOpinion, type Op, type PackageName } from '#core'
import { type IdentityView, type OpinionsView, type PackageView, viewIdentity, viewOpinions, viewPackage } from '#trust'
import { NOW } from './wire.ts'

/** When the opinions of the vectors are looked at, Unix seconds. */
const OPINIONS_AT = NOW + 100

/** What a set of ops adds up to, as plain JSON: the expectation of a view vector. */
export interface ViewJson {
  /** `null`: there is no valid genesis. */
  readonly identity: unknown
  /** By name, for every name that a feed op in the set mentions. */
  readonly packages: Readonly<Record<string, unknown>>
  /** What it says of others, at `now`; absent where the set has nothing of the kind. */
  readonly opinions?: unknown
}

const identityJson = ({ head, seq, roles, chain, forked, revoked }: IdentityView): unknown => ({
  head,
  seq,
  release: roles.release.map(({ key }) => key),
  chain: chain.map(({ id }) => id),
  ...(forked !== undefined && { forked }),
  revoked: Object.fromEntries([...revoked].map(([key, feeds]) => [key, Object.fromEntries(feeds)])),
})

const packageJson = ({ releases, suspended, heads }: PackageView): unknown => ({
  releases: Object.fromEntries([...releases.values()].map(({ version, release, standing, why, rivals }) =>
    [version, { standing, ...(why !== undefined && { why }), release: release.id, rivals: rivals.map(({ id }) => id) }])),
  suspended: suspended.map(({ feed, at }) => ({ feed, at: at ?? null })),
  heads: Object.fromEntries(heads),
})

const opinionsJson = ({ endorsements, advisories }: OpinionsView): unknown => ({
  now: OPINIONS_AT,
  endorsements: Object.fromEntries([...endorsements].map(([target, byName]) =>
    [target, Object.fromEntries([...byName].map(([name, { id, body: { level } }]) => [name, { level, op: id }]))])),
  advisories: Object.fromEntries([...advisories].map(([target, byName]) =>
    [target, Object.fromEntries([...byName].map(([name, ops]) => [name, ops.map(({ id, body: { range, severity } }) => ({ range, severity, op: id }))]))])),
})

/** Views a mixed set of ops: the chain of the identity, then every package that is mentioned. */
export const viewJson = (identity: IdentityId, ops: readonly Op[]): ViewJson => {
  const feedOps = ops.filter(isFeedOp)
  const names = [...new Set(feedOps.map(({ body }): PackageName => body.name))].sort()
  const view = viewIdentity(identity, ops.filter(isChainOp))
  if (view === undefined) return { identity: null, packages: {} }
  const packages = names.map((name) => [name, packageJson(viewPackage(view, name, feedOps.filter(({ body }) => body.name === name)))])
  const said = ops.filter(isOpinion)
  const opinions = said.length > 0 && { opinions: opinionsJson(viewOpinions(view, said, OPINIONS_AT)) }
  return { identity: identityJson(view), packages: Object.fromEntries(packages), ...opinions }
}
