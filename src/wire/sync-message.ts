import { type Digest, digestBytes, digestFromBytes, LIMITS } from '#core'
import { asBytes, asList, asMap, asUint, decodeMessage, encodeMessage, frameInvalid } from './fields.ts'

/** What a node asks over `/ggen/sync/1`; bytes in docs/protocol/sync.md. `shard` is the part of the catalogue that is meant: so far there is one, 0. */
export type SyncQuestion =
  | { readonly ask: 'reconcile'; readonly shard: number; readonly frame: Uint8Array }
  | { readonly ask: 'snapshot'; readonly shard: number }

/** The answer to `reconcile`. */
export interface SyncAnswer {
  readonly frame: Uint8Array
  /** How many ops the answerer has. */
  readonly ops: number
}

/** A catalogue in pieces that are blobs of the answerer. */
export interface Snapshot {
  readonly ops: number
  /** Parents before children, in this piece or one before. */
  readonly chunks: readonly SnapshotChunk[]
}

export interface SnapshotChunk {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly ops: number
}

/** The answer to `snapshot`: `later` when one is being made, `none` where there is too little for one. */
export type SnapshotAnswer = 'later' | 'none' | Snapshot

const SHARD_MAX = 0xffff
const OPS_MAX = Number.MAX_SAFE_INTEGER

/** Bytes of a question. */
export const encodeSyncQuestion = (question: SyncQuestion): Uint8Array => {
  const { ask: q, shard } = question
  return encodeMessage(question.ask === 'reconcile' ? { q, shard, frame: question.frame } : { q, shard })
}

/** Parses a question; throws `frame-invalid`. The frame in it is still unread. */
export const decodeSyncQuestion = (bytes: Uint8Array): SyncQuestion => {
  const fields = decodeMessage(bytes, ['q', 'shard'], ['frame'])
  const shard = asUint(fields['shard'], SHARD_MAX)
  switch (fields['q']) {
    case 'reconcile':
      return { ask: 'reconcile', shard, frame: asBytes(fields['frame'], 1, LIMITS.questionBytes) }
    case 'snapshot':
      asMap(fields, ['q', 'shard'])
      return { ask: 'snapshot', shard }
    default:
      throw frameInvalid('a question that is not known')
  }
}

/** Bytes of the answer to `reconcile`. */
export const encodeSyncAnswer = ({ frame, ops }: SyncAnswer): Uint8Array => encodeMessage({ frame, ops })

/** Parses the answer to `reconcile`; throws `frame-invalid`. The frame in it is still unread. */
export const decodeSyncAnswer = (bytes: Uint8Array): SyncAnswer => {
  const fields = decodeMessage(bytes, ['frame', 'ops'])
  return { frame: asBytes(fields['frame'], 1, LIMITS.syncAnswerBytes), ops: asUint(fields['ops'], OPS_MAX) }
}

/** Bytes of the answer to `snapshot`. */
export const encodeSnapshotAnswer = (answer: SnapshotAnswer): Uint8Array =>
  encodeMessage(
    typeof answer === 'string'
      ? { state: answer }
      : { state: 'ready', ops: answer.ops, chunks: answer.chunks.map(({ digest, sizeBytes, ops }) => [digestBytes(digest), sizeBytes, ops]) },
  )

const asChunk = (value: unknown): SnapshotChunk => {
  const [digest, sizeBytes, ops, ...more] = asList(value, 3, (item) => item)
  if (more.length > 0) throw frameInvalid('a piece is [digest, size, ops]')
  return {
    digest: digestFromBytes(asBytes(digest, 32, 32)), sizeBytes: asUint(sizeBytes, LIMITS.snapshotChunkBytes), ops: asUint(ops, LIMITS.snapshotChunkOps),
  }
}

/** Parses the answer to `snapshot`; throws `frame-invalid`. */
export const decodeSnapshotAnswer = (bytes: Uint8Array): SnapshotAnswer => {
  const fields = decodeMessage(bytes, ['state'], ['ops', 'chunks'])
  switch (fields['state']) {
    case 'later':
    case 'none':
      asMap(fields, ['state'])
      return fields['state']
    case 'ready':
      return { ops: asUint(fields['ops'], OPS_MAX), chunks: asList(fields['chunks'], LIMITS.snapshotChunks, asChunk) }
    default:
      throw frameInvalid('a state that is not known')
  }
}
