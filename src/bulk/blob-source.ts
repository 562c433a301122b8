import type { Digest, Giver, PeerId, PieceSet } from '#core'

/** Which bytes of which blob are wanted from whom. */
export interface BlobRequest<From extends Giver = PeerId> {
  readonly peer: From
  readonly digest: Digest
  /** Size of the whole blob, from the signed release: a peer that names another one is refused. */
  readonly sizeBytes: number
  /** First byte; `offset + length` ≤ `sizeBytes`, `length` ≥ 1. */
  readonly offset: number
  readonly length: number
  /** Hears when the rest comes another way than `carrier` said. */
  readonly moved?: (carrier: Carrier) => void
}

/** Part of a blob. */
export type BlobPart = Pick<BlobRequest, 'digest' | 'offset' | 'length'>

/** How the bytes travel: `tls` beside libp2p, `stream` inside it, `http` from a registry, `memory` in tests. */
export type Carrier = 'tls' | 'stream' | 'http' | 'memory'

/**
 * Bytes of blobs from peers: the one port through which the download sees the wire. Three twins (TLS, libp2p stream, memory) pass one
 * conformance suite. It promises amounts and order, not truth: whoever reads compares hashes.
 */
export interface BlobSource<From extends Giver = PeerId> {
  /** How this range (absent: very many bytes) would travel from a peer now; `undefined`: this source does not reach it. */
  carrier(peer: From, range?: BlobPart): Carrier | undefined
  /**
   * Exactly the bytes of the range, in order, in chunks as they arrive (≤ 1 MiB each, the reader's own). Nothing is read ahead of a slow
   * reader beyond a bounded buffer. Several reads of one peer may run side by side. Leaving the loop or aborting ends the request at once.
   * Throws `peer-unreachable`, `denied` (no ticket, or banned), `blob-not-found` (not held, or this part not), `too-busy`, `timeout`
   * (less than `LIMITS.stallBytesPerSecond` over `LIMITS.stallTimeoutMs` while the reader waited), `frame-invalid` (the peer broke the
   * protocol: other size, too many or too few bytes), or the reason of the aborted signal.
   */
  read(request: BlobRequest<From>, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Whether a question could be sent at once. Absent: always. */
  isReady?(peer: From): boolean
  /** Makes ready, a moment later, what a question would have to wait for. Absent: there is nothing. */
  prepare?(peer: From): void
  /** Takes back a chunk that nobody looks at any more: other bytes may come down in it. Not giving back is no fault. */
  recycle?(chunk: Uint8Array): void
}

/** What a node can give of one blob. */
export interface ShelvedBlob {
  readonly sizeBytes: number
  /** The pieces that are verified; absent: all. */
  readonly pieces?: PieceSet
}

/** What a node can give: whole blobs, and the verified pieces of unfinished ones. */
export interface BlobShelf {
  look(digest: Digest): Promise<ShelvedBlob | undefined>
  /** The bytes of a range that lies inside what `look` shows, in chunks ≤ 1 MiB. Throws `blob-not-found`. */
  read(digest: Digest, range: { readonly offset: number; readonly length: number }, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Takes back a chunk that nobody looks at any more. */
  recycle?(chunk: Uint8Array): void
}

/** What `/ggen/have/1` hands to an authenticated peer so that it can come over the bulk channel. */
export interface BulkOffer {
  /** TCP port on the host that the libp2p connection already leads to: a peer can name no other host. */
  readonly port: number
  /** Opaque, ≤ 64 bytes, bound to the asker's peer id. */
  readonly ticket: Uint8Array
  /** How long the ticket is good, counted from the answer. */
  readonly validMs: number
}

/** The bulk channel of a node, both directions. Disposing stops listening, ends every transfer and closes every connection. */
export interface BulkChannel extends BlobSource, AsyncDisposable {
  /** What `to` needs in order to come; `undefined`: this node does not listen. */
  offer(to: PeerId): BulkOffer | undefined
  isReady(peer: PeerId): boolean
  /** Remembers how a peer's channel is reached. `host` is the other end of the libp2p connection: an IP address. */
  learn(from: PeerId, host: string, offer: BulkOffer): void
}
