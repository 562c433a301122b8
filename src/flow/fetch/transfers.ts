import type { BlobSource, Pace } from '#bulk'
import { type Artifact, type Clock, type Digest, type Events, GgenError, LIMITS, type Giver, type TransferReport, type Urgency } from '#core'
import type { BlobStore } from '#store'
import { type BlobProgress, BlobTransfer } from './blob-transfer.ts'
import type { Holder } from './find-holders.ts'
import type { PeerScores } from './peer-scores.ts'
import type { RunningBlob } from './shelf.ts'
import type { Givers, Sought } from './sought.ts'
import { TransferMeter } from './transfer-meter.ts'
import { type Slot, TransferSlots } from './transfer-slots.ts'

export interface TransferParts {
  /** Bytes of those whom they are asked of; absent: of whoever usually is. */
  readonly sourceAmong: (givers?: Givers) => BlobSource<Giver>
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly events: Events
  /** Who holds a blob, each the moment it is known; a holder of a part again when it has more. */
  readonly findHolders: (sought: Sought, signal: AbortSignal) => AsyncIterable<Holder>
  /** Told of holders that failed. */
  readonly forgetHolder: (digest: Digest, peer: Giver) => void
  /** A peer gave all of a blob, whether it was asked before if it has it or not. */
  readonly noteHolder: (digest: Digest, peer: Giver, sizeBytes: number) => void
  /** Hears who gave right bytes how fast, and who failed; absent: nobody does. */
  readonly scores?: Pick<PeerScores, 'gave' | 'failed'>
  /** A peer gave wrong bytes. */
  readonly ban: (peer: Giver, reason: string) => void
  /** Makes a download wait before it reads on, one a download; absent: never. */
  readonly pace?: (urgency: Urgency) => Pace
}

export interface FetchOptions {
  readonly urgency: Urgency
  readonly signal: AbortSignal
  /** It is of a package whose name only those may hear who are private. */
  readonly isPrivate?: boolean
  /** Absent: whoever usually is asked. */
  readonly givers?: Givers
}

/** One blob on its way here, and who waits for it. */
interface Task {
  readonly artifact: Artifact
  readonly givers: Givers | undefined
  readonly transfer: BlobTransfer
  readonly stop: AbortController
  readonly slot: Slot
  readonly meter: TransferMeter
  readonly report: Promise<TransferReport>
  urgency: Urgency
  pace: Pace | undefined
  waiters: number
}

/** Brings blobs here, some at a time, each once however many want it. Disposing ends every download; what came stays for the next try. */
export class Transfers implements AsyncDisposable {
  readonly #parts: TransferParts
  readonly #tasks = new Map<Digest, Task>()
  readonly #small = new TransferSlots(LIMITS.smallTransfers)
  readonly #large = new TransferSlots(LIMITS.largeTransfers)
  #isClosed = false

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  /**
   * Brings a blob here, byte for byte what `artifact` names, or nothing; without sources in the report when it is here. Whoever wants the same of
   * the same givers joins in, and the download ends when nobody waits any more. Throws `no-holder` (causes kept), `integrity` when everybody who answered
   * gave wrong bytes or the release contradicts itself, `too-busy` when too many wait, `disk-full`, `store-broken`, `cancelled` after disposing, and
   * the reason of an aborted signal.
   */
  async fetch(artifact: Artifact, options: FetchOptions): Promise<TransferReport> {
    const { urgency, signal, givers } = options
    for (;;) {
      signal.throwIfAborted()
      const task = this.#tasks.get(artifact.digest) ?? this.#begin(artifact, options)
      if (!task.stop.signal.aborted && isSame(task.artifact, artifact) && areSame(task.givers, givers)) return await this.#join(task, urgency, signal)
      // It is being given up, signed otherwise, or asked of others: its turn is over first.
      await until(Promise.allSettled([task.report]), signal)
    }
  }

  /** What others may have of a blob that is on its way here. */
  running(digest: Digest): RunningBlob | undefined {
    return this.#tasks.get(digest)?.transfer.running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    const tasks = [...this.#tasks.values()]
    for (const { stop } of tasks) stop.abort(closed())
    await Promise.allSettled(tasks.map(({ report }) => report))
  }

  async #join(task: Task, urgency: Urgency, signal: AbortSignal): Promise<TransferReport> {
    if (urgency === 'interactive' && task.urgency === 'background') this.#promote(task)
    task.waiters += 1
    try {
      return await until(task.report, signal)
    } finally {
      task.waiters -= 1
      if (task.waiters === 0 && this.#tasks.get(task.artifact.digest) === task) task.stop.abort(signal.reason)
    }
  }

  #promote(task: Task): void {
    task.urgency = 'interactive'
    task.pace = this.#parts.pace?.('interactive')
    task.slot.promote()
  }

  #begin(artifact: Artifact, { urgency, isPrivate = false, givers }: FetchOptions): Task {
    if (this.#isClosed) throw closed()
    const { sourceAmong, blobs, clock, findHolders, pace } = this.#parts
    const stop = new AbortController()
    const transfer = new BlobTransfer(
      {
        source: sourceAmong(givers), blobs, clock,
        findHolders: (sought, signal) => findHolders({ ...sought, ...(isPrivate && { isPrivate }), ...(givers !== undefined && { givers }) }, signal),
        pace: () => task.pace,
        onDropped: (peer, code) => this.#dropped(artifact.digest, peer, code),
        onBanned: (peer) => this.#parts.ban(peer, `wrong bytes of ${artifact.digest}`),
        onProgress: (progress) => this.#progress(task, progress),
      },
      artifact,
    )
    const slot = (artifact.sizeBytes > LIMITS.pieceBytes ? this.#large : this.#small).enter(urgency, stop.signal)
    const meter = new TransferMeter(artifact.sizeBytes)
    const { promise: report, resolve } = Promise.withResolvers<TransferReport>()
    const task: Task = { artifact, givers, transfer, stop, slot, meter, report, urgency, pace: pace?.(urgency), waiters: 0 }
    this.#tasks.set(artifact.digest, task)
    resolve(this.#run(task))
    return task
  }

  async #run({ artifact, transfer, stop, slot }: Task): Promise<TransferReport> {
    try {
      const heldBytes = await this.#parts.blobs.size(artifact.digest)
      if (heldBytes !== undefined) return here(artifact, heldBytes)
      await slot.turn
      const report = await transfer.run(stop.signal)
      const { digest, sizeBytes } = artifact
      for (const { peer, bytes, bytesPerSecond } of report.sources) {
        if (bytes === sizeBytes) this.#parts.noteHolder(digest, peer, sizeBytes)
        this.#parts.scores?.gave(peer, bytes, bytesPerSecond)
      }
      this.#parts.events.emit({ type: 'blob-fetched', digest, sizeBytes, peers: report.sources.length, durationMs: report.durationMs })
      return report
    } finally {
      slot[Symbol.dispose]()
      this.#tasks.delete(artifact.digest)
    }
  }

  #dropped(digest: Digest, peer: Giver, code: string): void {
    this.#parts.forgetHolder(digest, peer)
    this.#parts.scores?.failed(peer)
    this.#parts.events.emit({ type: 'holder-failed', digest, peer, code })
  }

  #progress({ artifact: { digest, sizeBytes }, meter }: Task, progress: BlobProgress): void {
    const rate = meter.measure(progress.receivedBytes, this.#parts.clock.monotonic())
    if (rate === undefined) return
    const { sources } = progress
    this.#parts.events.emit({ type: 'transfer-progress', digest, sizeBytes, receivedBytes: meter.receivedBytes, sources, ...rate })
  }
}

const closed = (): GgenError => new GgenError('cancelled', 'this node is stopping')

const isSame = (a: Artifact, b: Artifact): boolean => a.sizeBytes === b.sizeBytes && a.sha512 === b.sha512 && a.chunks === b.chunks

const areSame = (a: Givers | undefined, b: Givers | undefined): boolean =>
  a?.order === b?.order && a?.asksPeers === b?.asksPeers && a?.server === b?.server

/** The bytes were compared with their digest when they came; a release that gives them another size is wrong. */
const here = ({ digest, sizeBytes }: Artifact, heldBytes: number): TransferReport => {
  if (heldBytes !== sizeBytes) throw new GgenError('integrity', `${digest.slice(0, 19)}… has ${heldBytes} bytes, and the release says ${sizeBytes}`)
  return { sources: [], resumedBytes: sizeBytes, wastedBytes: 0, durationMs: 0 }
}

/** What becomes of a promise, unless the signal is quicker: then its reason is thrown. */
const until = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
