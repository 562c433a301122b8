import { type ErrorCode, LIMITS, pieceCount, type PeerId, pieceRange, PieceSet } from '#core'
import { Schedule } from './schedule.ts'
import type { ScheduleEffect, ScheduleInput } from './schedule-steps.ts'

/** A holder of the simulation. Times in milliseconds since the beginning, rates in bytes per millisecond. */
export interface SimulatedSource {
  readonly rate: number
  readonly roundTripMs: number
  /** When it is found; default 0. */
  readonly joinsAt?: number
  /** What it has; default everything. */
  readonly pieces?: readonly number[]
  /** From then on its connections break. */
  readonly diesAt?: number
  /** From then on nothing comes, until `wakesAt`. */
  readonly stallsAt?: number
  readonly wakesAt?: number
  /** Every so many pieces it gives is wrong. */
  readonly liesEvery?: number
  /** It says so often that it is too busy. */
  readonly refuses?: number
  readonly changesRateAt?: { readonly at: number; readonly rate: number }
}

/** How a simulated download went. */
export interface Outcome {
  readonly is: 'done' | 'exhausted' | 'endless'
  readonly ms: number
  readonly receivedBytes: number
  /** Received, and not part of a piece that counted. */
  readonly wastedBytes: number
  /** Pieces that counted, by source. */
  readonly given: readonly (readonly number[])[]
  readonly banned: readonly number[]
  readonly dropped: readonly number[]
  /** Reads that were started, by source. */
  readonly asked: readonly number[]
  /** The most sources that were asked at once. */
  readonly askedAtOnce: number
  /** The order in which pieces counted. */
  readonly order: readonly number[]
}

export interface SimulationOptions {
  readonly sizeBytes: number
  readonly sources: readonly SimulatedSource[]
  readonly present?: readonly number[]
}

interface Pipe {
  readonly id: number
  readonly source: number
  end: number
  piece: number
  received: number
  readonly beginsAt: number
}

const CHUNK_BYTES = 64 * 1024
const TICK_MS = 100
const ENDLESS_MS = 3_600_000

export const setOf = (count: number, pieces: readonly number[]): PieceSet => {
  const set = new PieceSet(count)
  for (const piece of pieces) set.add(piece)
  return set
}

/** Runs a schedule against sources whose requests share their bandwidth, chunk by chunk, until it ends. The same in every run. */
export const simulate = (options: SimulationOptions): Outcome => new Simulation(options).run()

class Simulation {
  readonly #options: SimulationOptions
  readonly #schedule: Schedule
  readonly #pipes = new Map<number, Pipe>()
  /** When each source can send its next chunk, and whose turn it is. */
  readonly #freeAt: number[]
  readonly #turn: number[]
  readonly #lied: number[]
  readonly #refused: number[]
  readonly #joined: boolean[]
  readonly #outcome: { given: number[][]; banned: number[]; dropped: number[]; asked: number[]; order: number[] }
  #now = 0
  #receivedBytes = 0
  #askedAtOnce = 0
  #is: Outcome['is'] | undefined

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#schedule = new Schedule(options.sizeBytes)
    const zeros = options.sources.map(() => 0)
    this.#freeAt = [...zeros]
    this.#turn = [...zeros]
    this.#lied = [...zeros]
    this.#refused = [...zeros]
    this.#joined = options.sources.map(() => false)
    this.#outcome = { given: options.sources.map(() => []), banned: [], dropped: [], asked: [...zeros], order: [] }
  }

  run(): Outcome {
    const count = pieceCount(this.#options.sizeBytes)
    if (this.#options.present !== undefined) this.#step({ type: 'present', pieces: setOf(count, this.#options.present) })
    let tickAt = TICK_MS
    for (;;) {
      this.#join()
      if (this.#is !== undefined) break
      const next = this.#nextEvent()
      const joins = this.#options.sources.filter((_, index) => !this.#joined[index]).map(({ joinsAt = 0 }) => joinsAt)
      const at = Math.min(next?.at ?? Infinity, tickAt, ...joins)
      if (at > ENDLESS_MS) this.#is = 'endless'
      if (this.#is !== undefined) break
      this.#now = Math.max(this.#now, at)
      if (next !== undefined && next.at <= at) next.happen()
      else if (at === tickAt) {
        tickAt += TICK_MS
        this.#step({ type: 'tick' })
      }
    }
    const counted = this.#outcome.given.flat().reduce((sum, piece) => sum + pieceRange(this.#options.sizeBytes, piece).length, 0)
    return {
      ...this.#outcome, is: this.#is, ms: this.#now, receivedBytes: this.#receivedBytes, wastedBytes: this.#receivedBytes - counted,
      askedAtOnce: this.#askedAtOnce,
    }
  }

  #join(): void {
    this.#options.sources.forEach(({ joinsAt = 0, pieces }, index) => {
      if (this.#joined[index] === true || joinsAt > this.#now) return
      this.#joined[index] = true
      this.#step({ type: 'source', peer: peerOf(index), ...(pieces !== undefined && { pieces: setOf(this.#schedule.here.count, pieces) }) })
      if (this.#joined.every(Boolean)) this.#step({ type: 'searched' })
    })
  }

  #nextEvent(): { at: number; happen: () => void } | undefined {
    let best: { at: number; happen: () => void } | undefined
    this.#options.sources.forEach((source, index) => {
      const pipes = this.#pipes.values().filter((pipe) => pipe.source === index).toArray()
      if (pipes.length === 0) return
      const event = this.#eventOf(source, index, pipes)
      if (event !== undefined && (best === undefined || event.at < best.at)) best = event
    })
    return best
  }

  #eventOf(source: SimulatedSource, index: number, pipes: readonly Pipe[]): { at: number; happen: () => void } | undefined {
    const [first] = pipes
    const { diesAt = Infinity, stallsAt = Infinity, wakesAt = Infinity, refuses = 0 } = source
    if (first === undefined) return undefined
    if ((this.#refused[index] ?? 0) < refuses) return { at: first.beginsAt, happen: () => this.#refuse(first) }
    const earliest = Math.min(...pipes.map(({ beginsAt }) => beginsAt))
    let at = Math.max(this.#freeAt[index] ?? 0, earliest)
    if (at >= diesAt) return { at: Math.max(this.#now, Math.min(diesAt, at)), happen: () => this.#fail(first, 'peer-unreachable') }
    if (at >= stallsAt && at < wakesAt) at = wakesAt
    if (at === Infinity) return undefined
    const begun = pipes.filter(({ beginsAt }) => beginsAt <= at)
    const pipe = begun[(this.#turn[index] ?? 0) % begun.length] ?? first
    const bytes = Math.min(CHUNK_BYTES, pieceRange(this.#options.sizeBytes, pipe.piece).length - pipe.received)
    const arrivesAt = at + bytes / rateOf(source, at)
    if (arrivesAt < diesAt) return { at: arrivesAt, happen: () => this.#deliver(pipe, { bytes, source, index }) }
    return { at: diesAt, happen: () => this.#fail(pipe, 'peer-unreachable') }
  }

  #deliver(pipe: Pipe, { bytes, source, index }: { bytes: number; source: SimulatedSource; index: number }): void {
    this.#freeAt[index] = this.#now
    this.#turn[index] = (this.#turn[index] ?? 0) + 1
    pipe.received += bytes
    this.#receivedBytes += bytes
    this.#step({ type: 'bytes', read: pipe.id, bytes })
    if (pipe.received < pieceRange(this.#options.sizeBytes, pipe.piece).length || !this.#pipes.has(pipe.id)) return
    this.#complete(pipe, source, index)
  }

  #complete(pipe: Pipe, { liesEvery = Infinity }: SimulatedSource, index: number): void {
    const { piece } = pipe
    pipe.piece += 1
    pipe.received = 0
    if (pipe.piece >= pipe.end) this.#pipes.delete(pipe.id)
    this.#lied[index] = (this.#lied[index] ?? 0) + 1
    const is = this.#schedule.here.has(piece) ? 'known' : this.#lied[index] % liesEvery === 0 ? 'wrong' : 'right'
    if (is === 'right') {
      this.#outcome.given[index]?.push(piece)
      this.#outcome.order.push(piece)
    }
    this.#step({ type: 'piece', read: pipe.id, piece, is })
  }

  #refuse(pipe: Pipe): void {
    this.#refused[pipe.source] = (this.#refused[pipe.source] ?? 0) + 1
    this.#fail(pipe, 'too-busy')
  }

  #fail(pipe: Pipe, code: ErrorCode): void {
    this.#pipes.delete(pipe.id)
    this.#step({ type: 'failed', read: pipe.id, code })
  }

  #step(input: ScheduleInput): void {
    for (const effect of this.#schedule.step(input, this.#now)) this.#run(effect)
    this.#askedAtOnce = Math.max(this.#askedAtOnce, this.#schedule.asked)
  }

  #run(effect: ScheduleEffect): void {
    switch (effect.type) {
      case 'read': {
        const source = Number(effect.peer)
        this.#outcome.asked[source] = (this.#outcome.asked[source] ?? 0) + 1
        const beginsAt = this.#now + (this.#options.sources[source]?.roundTripMs ?? 0)
        this.#pipes.set(effect.read, { id: effect.read, source, piece: effect.first, end: effect.end, received: 0, beginsAt })
        return
      }
      case 'cut': {
        const pipe = this.#pipes.get(effect.read)
        if (pipe !== undefined) pipe.end = effect.end
        return
      }
      case 'cancel':
        this.#pipes.delete(effect.read)
        return
      case 'ban':
        this.#outcome.banned.push(Number(effect.peer))
        return
      case 'drop':
        this.#outcome.dropped.push(Number(effect.peer))
        return
      case 'done':
      case 'exhausted':
        this.#is = effect.type
    }
  }
}

const rateOf = ({ rate, changesRateAt }: SimulatedSource, at: number): number =>
  changesRateAt !== undefined && at >= changesRateAt.at ? changesRateAt.rate : rate

const peerOf = (index: number): PeerId => String(index) as PeerId

/** Milliseconds that a blob takes when every source gives what it can from the beginning to the end. */
export const idealMs = (sizeBytes: number, sources: readonly SimulatedSource[]): number => sizeBytes / sources.reduce((sum, { rate }) => sum + rate, 0)

/** Bytes per millisecond. */
export const megabit = (perSecond: number): number => (perSecond * 1_000_000) / 8 / 1000
export const MEBIBYTE = LIMITS.pieceBytes
