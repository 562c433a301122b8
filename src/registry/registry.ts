import type { Artifact, Digest, GgenError, IdentityId, PackageName, PeerId, StatusState, Version } from '#core'
import type { ParsedQuery } from '#flow/search'
import type { BlobRange } from '#store'

/**
 * Anybody who can answer for packages: this node, its peers, a server, a list of those. What passes through is signed records and bytes, and
 * nothing of it is believed before the marketplace has admitted it: a registry can withhold, and cannot lie. Every method throws `cancelled` or the
 * reason of an aborted signal, and where nobody answers what says why: `no-peers`, `peer-unreachable`, `timeout`, `registry-unreachable`,
 * `registry-untrusted`, `registry-failed`, `too-busy`. That something is not there is an answer, and no error.
 */
export interface Registry {
  /** The same without what it remembers of former answers; absent where it remembers nothing. */
  readonly anew?: Registry
  /** For people: `local`, `p2p`, `central`, or where it is. */
  readonly name: string
  /** Whether only those are asked who may know what a private name is. */
  readonly isPrivate: boolean
  /** Signed records of packages that match, all that they stand on included. */
  search(query: RegistryQuery, signal: AbortSignal): Promise<Records>
  /** Signed records of every package under a name, all that they stand on included; none where nothing is known of it. */
  find(name: PackageName, signal: AbortSignal): Promise<Records>
  /** What those records say, newest version first, of one publisher after the other. */
  versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]>
  /** Exactly the bytes of the range, in order, in chunks as they arrive (≤ 1 MiB each), unchecked. Throws `blob-not-found`. */
  open(blob: RegistryBlob, range: BlobRange, signal: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * Hands over records, and the blobs that they name. Resolves when they are kept as well as this registry keeps anything; doing it again is fine. Throws
   * `denied`, `op-invalid`, `blob-not-found`, `conflict`, `disk-full`, `integrity` besides.
   */
  publish(publication: Publication, signal: AbortSignal): Promise<Delivery>
  /** Whether it answers now. */
  status(signal: AbortSignal): Promise<RegistryStatus>
}

/** A query without a place to go on from: each registry counts in its own way. */
export type RegistryQuery = Omit<ParsedQuery, 'cursor'>

/** Envelopes as somebody gave them. */
export interface Records {
  /** Parents before children, as far as whoever gave them knows. */
  readonly envelopes: readonly Uint8Array[]
  /** Several were asked, and not all of them answered in time. */
  readonly partial?: true
  /** Nobody was asked: it is what was answered a while ago. */
  readonly isRemembered?: true
  /** It was asked and did not answer: it is what it answered long ago. */
  readonly staleBecause?: GgenError
}

/** A blob and its size, as a signed release names it. */
export type RegistryBlob = Pick<Artifact, 'digest' | 'sizeBytes'>

/** One version of one publisher, as signed records have it. */
export interface RegistryVersion {
  readonly identity: IdentityId
  readonly version: Version
  readonly digest: Digest
  readonly sizeBytes: number
  readonly standing: StatusState | 'disputed'
  /** Unix seconds, publisher's clock. */
  readonly publishedAt: number
}

/** Records to hand over, parents first, and the blobs that they need. */
export interface Publication {
  readonly envelopes: readonly Uint8Array[]
  readonly blobs: readonly RegistryBlob[]
  /** All bytes of one of those blobs, in order. Throws `blob-not-found`. */
  readonly read: (blob: RegistryBlob, signal: AbortSignal) => AsyncIterable<Uint8Array>
}

/** `stored`: it is kept there · `told`: others were told, and may come for it. */
export type Delivery = { readonly state: 'stored' } | { readonly state: 'told'; readonly peers: number }

export interface RegistryStatus {
  /** Signed records that it knows, and what they add up to; absent where it does not say. */
  readonly ops?: number
  readonly fingerprint?: string
  /** Itself as a node of the network. */
  readonly peerId?: PeerId
  /** Nodes that can be asked. */
  readonly peers?: number
}

/** No records: nothing is known. */
export const NO_RECORDS: Records = Object.freeze({ envelopes: [] })
