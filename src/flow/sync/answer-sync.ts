import { GgenError, type PeerId } from '#core'
import type { Network } from '#network'
import type { Catalogue } from '#store'
import { decodeSyncQuestion, encodeSnapshotAnswer, encodeSyncAnswer } from '#wire'
import { answerFrame } from './reconcile.ts'
import type { Snapshots } from './snapshots.ts'

export interface SyncAnswerParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly snapshots: Snapshots
  /** Hears of a peer that listed an op which is not here. */
  readonly onOffer?: (peer: PeerId) => void
}

/** The only part of the catalogue there is so far. */
export const WHOLE_SHARD = 0

/** Answers `/ggen/sync/1` out of the catalogue, each question by itself. Dispose to stop. */
export const answerSync = ({ network, catalogue, snapshots, onOffer }: SyncAnswerParts): Disposable =>
  network.answer('/ggen/sync/1', async (bytes, peer) => {
    const question = decodeSyncQuestion(bytes)
    if (question.shard !== WHOLE_SHARD) throw new GgenError('frame-invalid', 'a part of the catalogue that does not exist')
    if (question.ask === 'snapshot') return encodeSnapshotAnswer(snapshots.current())
    const { frame, lacks } = answerFrame(catalogue, question.frame)
    if (lacks) onOffer?.(peer)
    return encodeSyncAnswer({ frame, ops: catalogue.counts().ops })
  })
