import type { StatusState } from './op.ts'
import type { IdentityId, OpId } from './op-id.ts'
import type { OpSource } from './events.ts'
import type { PackageName } from './package-name.ts'
import type { Version } from './version.ts'

/** Everything that somebody who watches the catalogue can be told of. */
export const NEWS_TYPES = ['package', 'release', 'status', 'dropped'] as const

/**
 * `package`: the first release of a package · `release`: a further one · `status`: what its publisher says of a version, or of all, has changed ·
 * `dropped`: this node let go records of a publisher, for want of room.
 */
export type NewsType = (typeof NEWS_TYPES)[number]

/** What became known in a node's catalogue. Plain JSON, so that doors print it as it is. */
export type News = PackageNews | StatusNews | DropNews

export interface PackageNews extends OpNews {
  readonly type: 'package' | 'release'
  readonly version: Version
}

export interface StatusNews extends OpNews {
  readonly type: 'status'
  readonly version: Version | '*'
  readonly state: StatusState
  readonly why?: string
}

export interface DropNews {
  readonly type: 'dropped'
  readonly identity: IdentityId
  /** How many records went. */
  readonly records: number
  /** Unix milliseconds. */
  readonly heardAt: number
}

interface OpNews {
  readonly name: PackageName
  readonly identity: IdentityId
  /** Of the release, or of the one that a status speaks of; empty where that one is not known. */
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  readonly op: OpId
  /** Publisher's clock, Unix seconds. */
  readonly signedAt: number
  /** This node's clock, Unix milliseconds. */
  readonly heardAt: number
  readonly source: OpSource
}

/** Stands where somebody read too slowly: so many news were left out there. */
export interface MissedNews {
  readonly type: 'missed'
  readonly count: number
}
