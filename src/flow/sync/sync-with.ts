import { type Clock, LIMITS, type OpId, opIdOfHash, type PeerId } from '#core'
import type { Network } from '#network'
import type { Catalogue, OpBound } from '#store'
import { decodeSnapshotAnswer, decodeSyncAnswer, encodeSyncQuestion, type SyncQuestion } from '#wire'
import { WHOLE_SHARD } from './answer-sync.ts'
import { bringSnapshot, type SnapshotSource, wantsSnapshot } from './bring-snapshot.ts'
import { Intake, type IntakeParts } from './intake.ts'
import { pullOps } from './pull-ops.ts'
import { openSession, readAnswer, tellOf } from './reconcile.ts'

export interface SessionParts extends IntakeParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly clock: Clock
  /** The bytes of a blob that a peer holds. */
  readonly readBlob: (peer: PeerId, ...what: Parameters<SnapshotSource['read']>) => Promise<Uint8Array>
  /** Hears how far it is: of how many ops the peer has, how many are here. */
  readonly onProgress?: (ops: number, of: number) => void
  /** Ops that sessions are bringing now; whoever brings one enters it, and others ask for it at their end if it did not come. */
  readonly underway: Set<OpId>
}

/** What one session came to. */
export interface SessionResult {
  /** Ops that are new here. */
  readonly added: number
  /** Nothing was left to compare: everything that the peer showed is here. */
  readonly complete: boolean
}

/**
 * Brings everything that a peer has and we lack. Equal sets cost one question of a few hundred bytes, differing ones a few questions and the
 * ops; a catalogue that is nearly empty begins with a snapshot. A peer that lacks something of ours is told of one such op, so that it may ask
 * back. Throws `peer-unreachable`, `timeout`, `too-busy`, and for a peer that breaks the protocol
 * `frame-invalid`, `integrity` or `op-invalid`; what came by then is kept.
 */
export const syncWith = async (parts: SessionParts, peer: PeerId, signal: AbortSignal): Promise<SessionResult> => {
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
  const left = new Set<OpId>()
  let lacked: OpBound | undefined
  let frame: Uint8Array | undefined = openSession(catalogue)
  for (let round = 0; frame !== undefined && round < LIMITS.syncRounds; round += 1) {
    const answer = decodeSyncAnswer(await ask({ ask: 'reconcile', shard: WHOLE_SHARD, frame }))
    of = answer.ops
    if (round === 0 && wantsSnapshot(catalogue.counts().ops, of) && (await bringSnapshot({ catalogue, clock, intake }, source, signal))) {
      frame = openSession(catalogue)
      continue
    }
    const { theirs, next, ...said } = readAnswer(catalogue, answer.frame)
    lacked ??= said.lacked
    for (const id of await pullMissing(parts, peer, { theirs, intake, signal })) left.add(id)
    frame = next
  }
  // Who has more signatures of an op has the same op: comparing does not show it.
  await pullOps(parts, peer, { ids: catalogue.waitingOps(LIMITS.waitingAsked), intake, signal })
  // The sessions that were bringing these may have failed, or be with a peer that never gives them.
  await pullOps(parts, peer, { ids: [...left].filter((id) => !catalogue.hasOp(id)), intake, signal })
  await intake.retry(signal)
  if (lacked !== undefined) await ask({ ask: 'reconcile', shard: WHOLE_SHARD, frame: tellOf(catalogue, lacked) })
  return { added: intake.added, complete: frame === undefined }
}

interface Found {
  readonly theirs: readonly Uint8Array[]
  readonly intake: Intake
  readonly signal: AbortSignal
}

/** Returns those that other sessions are bringing. */
const pullMissing = async (parts: SessionParts, peer: PeerId, { theirs, intake, signal }: Found): Promise<readonly OpId[]> => {
  const { catalogue, underway } = parts
  const missing = theirs.map(opIdOfHash).filter((id) => !catalogue.hasOp(id))
  const [ids, others] = [missing.filter((id) => !underway.has(id)), missing.filter((id) => underway.has(id))]
  try {
    for (const id of ids) underway.add(id)
    await pullOps(parts, peer, { ids, intake, signal })
  } finally {
    for (const id of ids) underway.delete(id)
  }
  return others
}
