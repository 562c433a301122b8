import type { Digest, Sha512 } from './digest.ts'
import type { IdentityId, OpId } from './op-id.ts'
import type { PackageName } from './package-name.ts'
import type { Giver } from './giver.ts'
import type { Version } from './version.ts'

/** Somebody waits for it, or nobody does and it yields to those. */
export type Urgency = 'interactive' | 'background'

/** What one peer, or one registry, gave of a blob. */
export interface SourceShare {
  readonly peer: Giver
  /** How the bytes travelled: beside libp2p over TLS, inside it, over HTTP from a registry, or out of a folder. */
  readonly carrier: 'tls' | 'stream' | 'http' | 'file' | 'memory'
  readonly bytes: number
  /** Its verified bytes as `[offset, length]`, ascending, neighbours joined. */
  readonly ranges: readonly (readonly [offset: number, length: number])[]
  /** Mean rate while it was being asked. */
  readonly bytesPerSecond: number
}

/** How a blob came here. */
export interface TransferReport {
  /** Who gave what; empty when every byte was here before. */
  readonly sources: readonly SourceShare[]
  /** Bytes that were here already, verified again: of an earlier, interrupted try, or all of them. */
  readonly resumedBytes: number
  /** Bytes that arrived twice or were thrown away. */
  readonly wastedBytes: number
  readonly durationMs: number
}

/** Kept for each archive that was fetched: who gave it, and why it was believed. */
export interface Receipt extends TransferReport {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly sizeBytes: number
  /** Unix milliseconds. */
  readonly at: number
  readonly proof: Proof
}

/** What made the bytes trusted: a signed release that names both hashes, and for large archives the list of its pieces' hashes. */
export interface Proof {
  readonly release: OpId
  readonly identity: IdentityId
  readonly sha512: Sha512
  readonly chunks?: OpId
}

/** Where a node's copy of an archive comes from: from peers and on what proof, from a publisher on this machine, or there is none. */
export type Origin =
  | (TransferReport & {
      readonly origin: 'fetched'
      /** Unix milliseconds. */
      readonly fetchedAt: number
      readonly proof: Proof
    })
  | { readonly origin: 'published' | 'none'; readonly sources: readonly [] }

/** Bytes per second; absent: no limit. */
export interface BandwidthLimits {
  readonly up?: number
  readonly down?: number
  /** Each direction, for each peer. */
  readonly perPeer?: number
}

/** What is to become of them: `null` for no limit, and what is absent stays. */
export type LimitsChange = { readonly [Limit in keyof BandwidthLimits]?: number | null }
