import type { Clock, Op } from '#core'
import { memoryHub, type Network } from '#network'
import { type BlobStore, type Catalogue, memoryBlobStore, memoryCatalogue } from '#store'
import { openOp } from '#trust'
import { TestClock } from '#testing'
import { answerFeed } from './answer-feed.ts'
import { answerSync } from './answer-sync.ts'
import type { Judged } from './judged.ts'
import { Snapshots } from './snapshots.ts'
import type { SessionParts } from './sync-with.ts'

export const never: AbortSignal = new AbortController().signal

/** Takes everything whose parent is there, and refuses what is no op. */
export const judgeFor = (catalogue: Catalogue) => (envelope: Uint8Array): Judged => {
  let op
  try {
    op = openOp(envelope)
  } catch {
    return { outcome: 'refused', reason: 'signature' }
  }
  if (catalogue.hasOp(op.id)) return { outcome: 'known', op }
  const parents = [op.prev, op.type === 'release' ? op.body.roles : undefined].filter((id) => id !== undefined)
  if (parents.some((id) => !catalogue.hasOp(id))) return { outcome: 'orphan', op }
  catalogue.putOp(op)
  return { outcome: 'added', op }
}

export const fill = (catalogue: Catalogue, envelopes: readonly Uint8Array[]): void => {
  for (const envelope of envelopes) catalogue.putOp(openOp(envelope))
}

export interface SyncScene {
  readonly clock: TestClock
  readonly mine: Catalogue
  readonly theirs: Catalogue
  readonly server: Network
  /** Blobs of the server. */
  readonly blobs: BlobStore
  /** What the asking side reported as new. */
  readonly added: Op[]
  readonly parts: SessionParts
}

/** Two nodes that know each other, one to ask and one to answer. */
export const syncScene = (): SyncScene => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [client, server] = [hub.join(), hub.join()]
  hub.link(client.self, server.self)
  const [mine, theirs, blobs] = [memoryCatalogue(), memoryCatalogue(), memoryBlobStore()]
  const judge = judgeFor(mine)
  const added: Op[] = []
  const parts: SessionParts = {
    network: client, catalogue: mine, clock, underway: new Set(),
    judge: async function* (envelopes) {
      yield envelopes.map(judge)
    },
    onAdded: (op) => added.push(op),
    readBlob: (_peer, { digest, sizeBytes }) => blobs.read(digest, { offset: 0, length: sizeBytes }),
  }
  return { clock, mine, theirs, server, blobs, added, parts }
}

/** Lets the server of a scene answer everything that sync asks; snapshots are made at once. */
export const serve = ({ server, theirs, blobs, clock }: Pick<SyncScene, 'server' | 'theirs' | 'blobs'> & { readonly clock: Clock }): Disposable => {
  const answering = new DisposableStack()
  const snapshots = new Snapshots({ catalogue: theirs, blobs, clock, background: (work) => void work(never) })
  answering.use(answerFeed(server, theirs))
  answering.use(answerSync({ network: server, catalogue: theirs, snapshots }))
  return answering
}
