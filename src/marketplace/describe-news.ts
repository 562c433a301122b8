import { type DropNews, type FeedOp, type IdentityId, type News, type OpSource, type ReleaseOp, type StatusOp, versionSlot } from '#core'
import type { PackageView } from '#trust'
import { compare } from 'semver'

/** What is told of an op beside what it says itself. */
export interface Circumstances {
  /** The release that it is, or speaks of, where that is known. */
  readonly release: ReleaseOp | undefined
  /** No release of the package was there before. */
  readonly isFirst: boolean
  readonly source: OpSource
  /** Unix milliseconds. */
  readonly heardAt: number
}

/** The release that says what a status is about: of that version, or for `*` the newest. */
export const describedRelease = ({ body: { version } }: StatusOp, { releases }: PackageView): ReleaseOp | undefined => {
  if (version !== '*') return releases.get(versionSlot(version))?.release
  return [...releases.values()].sort((a, b) => compare(b.version, a.version))[0]?.release
}

/** Whether a release is the first one of its package. `view` is only looked at where the op alone does not say it: that takes a while. */
export const isFirst = ({ id, at, seq }: ReleaseOp, view: () => PackageView | undefined): boolean => {
  // A package may have several feeds; what continues one of them is no beginning.
  if (seq > 0) return false
  return ![...(view()?.releases.values() ?? [])].some(({ release }) => release.id !== id && release.at < at)
}

/** A release or a status as those who watch are told of it. */
export const opNews = (op: FeedOp, { release, isFirst, source, heardAt }: Circumstances): News => {
  const { id, identity, at, body: { name } } = op
  const { description = '', category = '', tags = [] } = release?.body.summary ?? {}
  const told = { description, category, tags, op: id, signedAt: at, heardAt, source }
  if (op.type === 'release') return { type: isFirst ? 'package' : 'release', name, version: op.body.version, identity, ...told }
  const { version, state, why } = op.body
  return { type: 'status', name, version, identity, state, ...(why !== undefined && { why }), ...told }
}

/** Records that were let go. */
export const dropNews = (identity: IdentityId, records: number, heardAt: number): DropNews => ({ type: 'dropped', identity, records, heardAt })
