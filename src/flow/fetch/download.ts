import type { BlobRequest, BlobSource, Carrier, Pace } from '#bulk'
import { type Clock, type Digest, type ErrorCode, FINISHED, GgenError, pieceRange, type Giver, type PieceSet, toGgenError } from '#core'
import { FAULT_OF_PEER, whyNot } from './fetch-failure.ts'
import type { HolderFeed } from './holder-feed.ts'
import { type AssembledPiece, PieceAssembly } from './piece-assembly.ts'
import type { Span } from './piece-demand.ts'
import { Schedule } from './schedule.ts'
import type { ScheduleEffect, ScheduleInput } from './schedule-steps.ts'
import { SourceShares } from './source-shares.ts'

/** Whether a hash (32 bytes) is that of a piece. */
export type PieceCheck = (piece: number, sha256: Uint8Array) => boolean

export interface DownloadParts {
  readonly source: BlobSource<Giver>
  readonly clock: Clock
  readonly holders: Pick<HolderFeed, 'subscribe'>
  /** What every piece is checked by; pieces wait until it is there. */
  readonly check: Promise<PieceCheck>
  /** Keeps a right piece; called once for each that was not here. */
  readonly keep: (piece: AssembledPiece) => Promise<void>
  /** Asked after each chunk, before more is read. */
  readonly pace?: (() => Pace | undefined) | undefined
  readonly onDropped?: (peer: Giver, code: ErrorCode) => void
  readonly onBanned?: (peer: Giver) => void
  /** Called some times a second. */
  readonly onTick?: () => void
}

interface Wanted {
  readonly digest: Digest
  readonly sizeBytes: number
  /** Pieces that are here already. */
  readonly present?: PieceSet
}

/** A request under way. */
interface Reading {
  readonly id: number
  readonly peer: Giver
  readonly stop: AbortController
  readonly assembly: PieceAssembly
  /** It ends before this piece. */
  end: number
}

const TICK_MS = 100
/** Pieces that are being written at once; whoever brings more waits. */
const WRITES_MAX = 2

/** Brings the pieces of one blob here: asks as the schedule says, checks each piece, keeps the right ones. Dispose to end what is left. */
export class Download implements AsyncDisposable {
  readonly #parts: DownloadParts
  readonly #wanted: Wanted
  /** Bytes that were here before. */
  readonly resumedBytes: number
  /** Who gave what. */
  readonly shares = new SourceShares()
  readonly #schedule: Schedule
  readonly #readings = new Map<number, Reading>()
  readonly #running = new Set<Promise<void>>()
  readonly #writing = new Set<Promise<void>>()
  readonly #failures: GgenError[] = []
  readonly #over = Promise.withResolvers<void>()
  #isOver = false
  #alarm: AbortSignal | undefined
  #check: PieceCheck | undefined
  #keptBytes = 0
  #arrivedBytes = 0

  constructor(parts: DownloadParts, wanted: Wanted) {
    this.#parts = parts
    this.#wanted = wanted
    this.#schedule = new Schedule(wanted.sizeBytes)
    this.resumedBytes = bytesOf(wanted.present, wanted.sizeBytes)
  }

  /** How much is here: right pieces, and what came of others. */
  get receivedBytes(): number {
    return this.resumedBytes + this.#keptBytes + this.#schedule.partBytes
  }

  /** Bytes that came and count for nothing. */
  get wastedBytes(): number {
    return this.#arrivedBytes - this.#keptBytes - this.#schedule.partBytes
  }

  /** How many holders are being asked. */
  get sources(): number {
    return this.#schedule.asked
  }

  /**
   * Resolves when every piece is kept. Throws `no-holder` (causes kept), `integrity` when everybody who answered gave wrong bytes, whatever
   * `check` and `keep` throw, and the reason of an aborted signal. May be called once.
   */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#fail(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    else if (this.#wanted.present !== undefined) this.#step({ type: 'present', pieces: this.#wanted.present })
    this.#background(this.#awaitCheck())
    this.#setAlarm()
    using _holders = this.#parts.holders.subscribe({
      found: ({ peer, pieces, preference }) => this.#step({ type: 'source', peer, pieces, preference }),
      ended: (failure) => (failure === undefined ? this.#step({ type: 'searched' }) : this.#fail(failure.error)),
    })
    try {
      await this.#over.promise
      await Promise.all(this.#writing)
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Requests whose bytes have all come end by themselves, so that their connection can be used again; what is left is cut off here. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
    await Promise.allSettled([...this.#running, ...this.#writing])
  }

  #step(input: ScheduleInput): void {
    for (const effect of this.#schedule.step(input, this.#parts.clock.monotonic())) this.#run(effect)
  }

  #run(effect: ScheduleEffect): void {
    switch (effect.type) {
      case 'read':
        this.#background(this.#read(effect))
        return
      case 'cut': {
        const reading = this.#readings.get(effect.read)
        if (reading !== undefined) reading.end = effect.end
        return
      }
      case 'cancel':
        this.#readings.get(effect.read)?.stop.abort(FINISHED)
        return
      case 'ban':
        this.#parts.onDropped?.(effect.peer, 'integrity')
        this.#parts.onBanned?.(effect.peer)
        return
      case 'drop':
        if (effect.code === 'timeout') this.#failures.push(new GgenError('timeout', `${effect.peer} gives next to nothing`))
        this.#parts.onDropped?.(effect.peer, effect.code)
        return
      case 'done':
        this.#over.resolve()
        return
      case 'exhausted':
        this.#fail(whyNot(this.#wanted.digest, this.#failures))
    }
  }

  async #read({ read: id, peer, first, end }: Extract<ScheduleEffect, { readonly type: 'read' }>): Promise<void> {
    const { source, clock } = this.#parts
    const reading: Reading = { id, peer, stop: new AbortController(), assembly: new PieceAssembly({ first, end }, this.#wanted.sizeBytes), end }
    this.#readings.set(id, reading)
    const request = this.#requestFor(peer, { first, end })
    this.shares.began(peer, source.carrier(peer, request) ?? 'stream', clock.monotonic())
    try {
      // What becomes of one effect must not come before the next one is run.
      await Promise.resolve()
      await this.#receive(reading, request, end)
    } catch (error) {
      if (!reading.stop.signal.aborted) this.#failed(reading, error)
    } finally {
      this.#readings.delete(id)
      this.shares.ended(peer, clock.monotonic())
    }
  }

  #failed({ id }: Reading, error: unknown): void {
    const failure = toGgenError(error)
    if (!FAULT_OF_PEER.has(failure.code)) return this.#fail(error)
    this.#failures.push(failure)
    this.#step({ type: 'failed', read: id, code: failure.code })
  }

  #requestFor(peer: Giver, { first, end }: Span): BlobRequest<Giver> {
    const { digest, sizeBytes } = this.#wanted
    const [begin, last] = [pieceRange(sizeBytes, first), pieceRange(sizeBytes, end - 1)]
    const moved = (carrier: Carrier): void => this.shares.moved(peer, carrier)
    return { peer, digest, sizeBytes, offset: begin.offset, length: last.offset + last.length - begin.offset, moved }
  }

  async #receive(reading: Reading, request: BlobRequest<Giver>, end: number): Promise<void> {
    for await (const chunk of this.#parts.source.read(request, reading.stop.signal)) {
      await this.#take(reading, chunk)
      // Whoever was cut off is left at once; whoever has given everything ends by itself.
      if (reading.stop.signal.aborted || (reading.assembly.piece >= reading.end && reading.end < end)) return
      const paced = this.#parts.pace?.()?.(reading.peer, chunk.length, reading.stop.signal)
      if (paced !== undefined) await this.#hold(reading, paced)
      while (this.#writing.size >= WRITES_MAX) await this.#hold(reading, Promise.race(this.#writing))
    }
    if (!reading.assembly.isComplete) throw new GgenError('frame-invalid', `${reading.peer} gave too few bytes`)
  }

  async #take(reading: Reading, chunk: Uint8Array): Promise<void> {
    const { id, assembly } = reading
    this.#arrivedBytes += chunk.length
    for (let at = 0; at < chunk.length; ) {
      if (assembly.isComplete) throw new GgenError('frame-invalid', `${reading.peer} gave too many bytes`)
      const { taken, complete } = assembly.take(at === 0 ? chunk : chunk.subarray(at))
      at += taken
      this.#step({ type: 'bytes', read: id, bytes: taken })
      if (complete === undefined) continue
      if (this.#check === undefined) await this.#hold(reading, this.#parts.check)
      this.#judge(reading, complete)
    }
  }

  /** Lets a request wait for something of ours. */
  async #hold({ id }: Reading, until: Promise<unknown>): Promise<void> {
    this.#step({ type: 'held', read: id })
    await until
    this.#step({ type: 'resumed', read: id })
  }

  #judge({ id, peer }: Reading, made: AssembledPiece): void {
    const { piece, offset, length, sha256 } = made
    if (this.#schedule.here.has(piece)) return this.#step({ type: 'piece', read: id, piece, is: 'known' })
    if (this.#check?.(piece, sha256) !== true) {
      this.#failures.push(new GgenError('integrity', `wrong bytes from ${peer}`))
      return this.#step({ type: 'piece', read: id, piece, is: 'wrong' })
    }
    this.#keptBytes += length
    this.shares.gave(peer, offset, length)
    this.#background(this.#keep(made))
    this.#step({ type: 'piece', read: id, piece, is: 'right' })
  }

  async #keep(made: AssembledPiece): Promise<void> {
    const writing = this.#parts.keep(made)
    this.#writing.add(writing)
    try {
      await writing
      for (const chunk of made.chunks) this.#parts.source.recycle?.(chunk)
    } finally {
      this.#writing.delete(writing)
    }
  }

  async #awaitCheck(): Promise<void> {
    this.#check = await this.#parts.check
  }

  /** Most downloads are over before the first tick: it must cost little to give it up. */
  #setAlarm(): void {
    if (this.#isOver) return
    this.#alarm = this.#parts.clock.timeout(TICK_MS)
    this.#alarm.addEventListener('abort', this.#tick, { once: true })
  }

  readonly #tick = (): void => {
    try {
      this.#step({ type: 'tick' })
      this.#parts.onTick?.()
      this.#setAlarm()
    } catch (error) {
      this.#fail(error)
    }
  }

  #end(): void {
    this.#isOver = true
    this.#alarm?.removeEventListener('abort', this.#tick)
    for (const { stop } of this.#readings.values()) stop.abort(FINISHED)
  }

  /** What runs beside `run` and makes it fail when it fails. */
  #background(work: Promise<void>): void {
    const running = work.catch((error: unknown) => this.#fail(error)).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  #fail(error: unknown): void {
    this.#over.reject(error)
    this.#end()
  }
}

const bytesOf = (pieces: PieceSet | undefined, sizeBytes: number): number => {
  let bytes = 0
  for (let piece = 0; piece < (pieces?.count ?? 0); piece++) if (pieces?.has(piece) === true) bytes += pieceRange(sizeBytes, piece).length
  return bytes
}
