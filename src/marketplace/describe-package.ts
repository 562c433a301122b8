import {
  type Advice, type Block, type FeedOp, isOpinion, LIMITS, type OpinionOp, type Proof, type ReleaseOp, statementOf, type TransferReport,
} from '#core'
import { signaturesOf } from '#flow/publish'
import type { FoundPackage } from '#store'
import type { IdentityView, PackageView, ReleaseView } from '#trust'
import { rcompare } from 'semver'
import type { FetchedSigned, PublishReceipt, SignedPackage } from './marketplace.ts'
import type { SearchHit } from './search-answer.ts'
import type { StagedRecord } from './speaking.ts'

/** The answer to a publish. */
export const toReceipt = ({ id, identity, body }: ReleaseOp, holders: number): PublishReceipt => ({
  name: body.name,
  version: body.version,
  identity,
  digest: body.artifact.digest,
  sizeBytes: body.artifact.sizeBytes,
  op: id,
  holders,
})

/** A record that waits for more signatures, or did. */
export const toStaged = (op: FeedOp | OpinionOp, identity: IdentityView): StagedRecord => {
  const head = { op: op.id, identity: op.identity }
  const end = { at: op.at, ...signaturesOf(op, identity) }
  if (isOpinion(op)) return { ...head, says: 'opinion', opinion: statementOf(op), ...end }
  const says = op.type === 'release' ? 'release' : op.body.state
  return { ...head, name: op.body.name, version: op.body.version, says, ...(op.type === 'release' && { digest: op.body.artifact.digest }), ...end }
}

/** One line of a search answer. */
export const toHit = ({ entry, score, parts }: FoundPackage, holders: number, explain: boolean): SearchHit => ({
  name: entry.name,
  version: entry.version,
  identity: entry.identity,
  description: entry.description,
  category: entry.category,
  tags: entry.tags,
  score,
  holders,
  ...(explain && { explanation: parts }),
})

/** What is known of a release beside what its publisher says. */
export interface Surroundings {
  readonly holders: number
  readonly block: Block | undefined
  readonly advice: readonly Advice[]
}

/** Everything that the ops say of a package, seen from one of its releases. */
export const toPackageInfo = (view: PackageView, chosen: ReleaseView, { holders, block, advice }: Surroundings): SignedPackage => {
  const { release, standing, why } = chosen
  const { body } = release
  return {
    name: view.name,
    identity: release.identity,
    version: body.version,
    standing,
    ...(why !== undefined && { why }),
    summary: body.summary,
    digest: body.artifact.digest,
    sizeBytes: body.artifact.sizeBytes,
    op: release.id,
    ...(release.mirror !== undefined && { mirror: release.mirror }),
    publishedAt: release.at,
    scripts: body.scripts,
    bins: body.bins,
    dependencies: body.dependencies,
    holders,
    ...(block !== undefined && { blocked: block }),
    ...(advice.length > 0 && { advice: advice.slice(0, LIMITS.shownAdvice) }),
    versions: [...view.releases.values()]
      .sort((a, b) => rcompare(a.version, b.version))
      .map((other) => ({ version: other.release.body.version, standing: other.standing, publishedAt: other.release.at })),
  }
}

/** Why bytes that match a release are trusted: it is signed, and names both hashes and, of a large archive, the list of its pieces. */
export const proofOf = ({ id, identity, body: { artifact } }: ReleaseOp): Proof => ({
  release: id,
  identity,
  sha512: artifact.sha512,
  ...(artifact.chunks !== undefined && { chunks: artifact.chunks }),
})

/** The answer to a fetch. */
export const toFetched = (release: ReleaseOp, { sources, resumedBytes, wastedBytes, durationMs }: TransferReport): FetchedSigned => {
  const { identity, body } = release
  const { digest, sha512, sizeBytes } = body.artifact
  const signed = { name: body.name, version: body.version, identity, digest, sha512, sizeBytes }
  return { ...signed, sources, resumedBytes, wastedBytes, durationMs, proof: proofOf(release) }
}
