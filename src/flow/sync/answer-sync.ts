import { GgenError } from '#core'
import type { Network } from '#network'
import type { Catalogue } from '#store'
import { decodeSyncQuestion, encodeSnapshotAnswer, encodeSyncAnswer } from '#wire'
import { answerFrame } from './reconcile.ts'
import type { Snapshots } from './snapshots.ts'

export interface SyncAnswerParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly snapshots: Snapshots
}

/** The only part of the catalogue there is so far. */
export const WHOLE_SHARD = 0

/** Answers `/ggen/sync/1` out of the catalogue, each question by itself. Dispose to stop. */
export const answerSync = ({ network, catalogue, snapshots }: SyncAnswerParts): Disposable =>
  network.answer('/ggen/sync/1', async (bytes) => {
    const question = decodeSyncQuestion(bytes)
    if (question.shard !== WHOLE_SHARD) throw new GgenError('frame-invalid', 'a part of the catalogue that does not exist')
    if (question.ask === 'snapshot') return encodeSnapshotAnswer(snapshots.current())
    return encodeSyncAnswer({ frame: answerFrame(catalogue, question.frame), ops: catalogue.counts().ops })
  })
