import type { Digest } from '#core'

/** `GET /v1/cache`: the bytes that the node holds, in whole blobs. */
export interface CacheReply {
  readonly count: number
  readonly bytes: number
  /** Set aside for what is arriving. */
  readonly partialBytes: number
  /** What all together may have; absent: no limit. */
  readonly quotaBytes?: number
  /** Of these, what is never dropped for room. */
  readonly kept: { readonly count: number; readonly bytes: number }
}

/** Answer of `POST /v1/cache/clear {}`: what was dropped. */
export interface ClearedReply {
  readonly count: number
  readonly bytes: number
}

/** Answer of `POST /v1/cache/verify {}`: how many were hashed again, and what the disk had damaged, which was dropped. */
export interface CacheCheckReply {
  readonly count: number
  readonly bytes: number
  readonly damaged: readonly { readonly digest: Digest; readonly sizeBytes: number; readonly isKept: boolean }[]
}
