import { type Clock, LIMITS, type OpId, opIdOfHash, type PeerId } from '#core'
import type { Network } from '#network'
import type { Catalogue } from '#store'
import { decodeSnapshotAnswer, decodeSyncAnswer, encodeSyncQuestion, type SyncQuestion } from '#wire'
import { WHOLE_SHARD } from './answer-sync.ts'
import { bringSnapshot, type SnapshotSource, wantsSnapshot } from './bring-snapshot.ts'
import { Intake, type IntakeParts } from './intake.ts'
import { pullOps } from './pull-ops.ts'
import { openSession, readAnswer } from './reconcile.ts'

export interface SessionParts extends IntakeParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly clock: Clock
  /** The bytes of a blob that a peer holds. */
  readonly readBlob: (peer: PeerId, ...what: Parameters<SnapshotSource['read']>) => Promise<Uint8Array>
  /** Hears how far it is: of how many ops the peer has, how many are here. */
  readonly onProgress?: (ops: number, of: number) => void
  /** Ops that other sessions are bringing now; whoever brings one enters it. */
  readonly underway: Set<OpId>
}

/**
 * Brings everything that a peer has and we lack. Equal sets cost one question of a few hundred bytes, differing ones a few questions and the
 * ops; a catalogue that is nearly empty begins with a snapshot. Resolves to the number of ops added. Throws `peer-unreachable`, `timeout`,
 * `too-busy`, and for a peer that breaks the protocol `frame-invalid`, `integrity` or `op-invalid`; what came by then is kept.
 */
export const syncWith = async (parts: SessionParts, peer: PeerId, signal: AbortSignal): Promise<number> => {
  const { network, catalogue, clock, onProgress = () => undefined } = parts
  let of = 0
  const tell = (): void => onProgress(catalogue.counts().ops, of)
  const intake = new Intake({ ...parts, onTaken: tell })
  const ask = (question: SyncQuestion): Promise<Uint8Array> =>
    network.ask(peer, '/ggen/sync/1', encodeSyncQuestion(question), AbortSignal.any([signal, clock.timeout(LIMITS.askTimeoutMs)]))
  const source: SnapshotSource = {
    ask: async () => decodeSnapshotAnswer(await ask({ ask: 'snapshot', shard: WHOLE_SHARD })),
    read: (blob, reading) => parts.readBlob(peer, blob, reading),
  }
  let frame = openSession(catalogue)
  for (let round = 0; round < LIMITS.syncRounds; round += 1) {
    const answer = decodeSyncAnswer(await ask({ ask: 'reconcile', shard: WHOLE_SHARD, frame }))
    of = answer.ops
    if (round === 0 && wantsSnapshot(catalogue.counts().ops, of) && (await bringSnapshot({ catalogue, clock, intake }, source, signal))) {
      frame = openSession(catalogue)
      continue
    }
    const { theirs, next } = readAnswer(catalogue, answer.frame)
    await pullMissing(parts, peer, { theirs, intake, signal })
    if (next === undefined) return intake.added
    frame = next
  }
  return intake.added
}

interface Found {
  readonly theirs: readonly Uint8Array[]
  readonly intake: Intake
  readonly signal: AbortSignal
}

const pullMissing = async (parts: SessionParts, peer: PeerId, { theirs, intake, signal }: Found): Promise<void> => {
  const { catalogue, underway } = parts
  const ids = theirs.map(opIdOfHash).filter((id) => !underway.has(id) && !catalogue.hasOp(id))
  try {
    for (const id of ids) underway.add(id)
    await pullOps(parts, peer, { ids, intake, signal })
  } finally {
    for (const id of ids) underway.delete(id)
  }
}
