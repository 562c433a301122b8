import { type ErrorCode, LIMITS, pieceCount, type Giver, type PieceSet } from '#core'
import { takeover, worthTwice } from './end-game.ts'
import { PieceDemand, type Span } from './piece-demand.ts'
import { ScheduleSource } from './schedule-source.ts'
import type { ScheduleEffect, ScheduleInput } from './schedule-steps.ts'
import { SpanRead } from './span-read.ts'

/** One request asks for at most this much, ≤ 16 MiB, and for what comes in this time. */
const SPAN_PIECES_MAX = 16
const SPAN_MS = 300
/** How much of a blob may come twice while nobody is silent, but always a piece. */
const TWICE_SHARE = 0.025
const SOURCES_MAX = LIMITS.connections + LIMITS.providersPerLookup
/** A source that was given up may be found again this often. */
const DROPS_MAX = 3
/** The connection may have broken, and the next one hold. */
const MAY_PASS: ReadonlySet<ErrorCode> = new Set(['peer-unreachable', 'timeout'])

/**
 * Decides which pieces of a blob are asked of whom: each source gets at a time about what it can give in a third of a second, in ascending order
 * or, where some have only parts, the rarest first; towards the end the quick ones take over from the slow ones. No I/O: inputs and the time
 * (milliseconds that never go back) go in, effects come out, the same for the same.
 */
export class Schedule {
  readonly #sizeBytes: number
  readonly #demand: PieceDemand
  readonly #sources = new Map<Giver, ScheduleSource>()
  readonly #reads = new Map<number, SpanRead>()
  readonly #banned = new Set<Giver>()
  readonly #drops = new Map<Giver, number>()
  #effects: ScheduleEffect[] = []
  #lastRead = 0
  /** How much more may come twice; of a piece that is coming twice, all is counted until it is known. */
  #spareBytes: number
  #isSearching = true
  #isOver = false

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes
    this.#demand = new PieceDemand(pieceCount(sizeBytes))
    this.#spareBytes = Math.max(LIMITS.pieceBytes, sizeBytes * TWICE_SHARE)
  }

  /** The pieces that are here. */
  get here(): PieceSet {
    return this.#demand.here
  }

  /** Bytes of pieces that are not complete yet. */
  get partBytes(): number {
    return this.#reads.values().reduce((sum, { partBytes }) => sum + partBytes, 0)
  }

  /** How many sources are being asked. */
  get asked(): number {
    return this.#sources.values().filter(({ isBusy }) => isBusy).toArray().length
  }

  step(input: ScheduleInput, now: number): readonly ScheduleEffect[] {
    if (this.#isOver) return []
    this.#effects = []
    const affected = this.#take(input, now)
    if (affected === 'all') this.#askAll(now)
    else if (affected !== undefined) this.#ask(affected, now)
    if (affected === 'all') this.#conclude(now)
    return this.#effects
  }

  /** Returns whom the input gives something new to do. */
  #take(input: ScheduleInput, now: number): ScheduleSource | 'all' | undefined {
    switch (input.type) {
      case 'source':
        this.#found(input)
        return 'all'
      case 'searched':
        this.#isSearching = false
        return 'all'
      case 'present':
        for (let piece = 0; piece < input.pieces.count; piece++) if (input.pieces.has(piece)) this.#demand.arrived(piece)
        return 'all'
      case 'tick':
        for (const source of this.#sources.values()) {
          source.measure(now)
          if (source.isStalled(now)) this.#drop(source, 'timeout')
        }
        return 'all'
      case 'piece':
        this.#piece(input, now)
        return 'all'
      case 'bytes':
      case 'failed':
      case 'held':
      case 'resumed':
        return this.#heard(input, now)
    }
  }

  #heard(input: Extract<ScheduleInput, { readonly type: 'bytes' | 'failed' | 'held' | 'resumed' }>, now: number): ScheduleSource | 'all' | undefined {
    const read = this.#reads.get(input.read)
    const source = read && this.#sources.get(read.peer)
    if (read === undefined || source === undefined) return undefined
    if (input.type === 'bytes') source.received(read, input.bytes, now)
    else if (input.type === 'failed') this.#failed(read, source, { code: input.code, now })
    else {
      read.isHeld = input.type === 'held'
      source.forgive(now)
    }
    return input.type === 'failed' ? 'all' : source
  }

  #found({ peer, pieces, preference = 0 }: Extract<ScheduleInput, { readonly type: 'source' }>): void {
    const known = this.#sources.get(peer)
    if (known !== undefined) known.pieces = pieces
    else if (!this.#banned.has(peer) && (this.#drops.get(peer) ?? 0) < DROPS_MAX && this.#sources.size < SOURCES_MAX) {
      this.#sources.set(peer, new ScheduleSource(peer, pieces, preference))
    }
    this.#demand.weigh(this.#sources.values())
  }

  #piece({ read: id, piece, is }: Extract<ScheduleInput, { readonly type: 'piece' }>, now: number): void {
    const read = this.#reads.get(id)
    const source = read && this.#sources.get(read.peer)
    if (is === 'wrong') {
      if (source !== undefined) this.#ban(source, piece)
      return
    }
    this.#demand.arrived(piece)
    if (is === 'right') source?.gave(now)
    if (read !== undefined) this.#advance(read)
    for (const other of this.#reads.values()) {
      if (other === read || other.next !== piece) continue
      this.#spareBytes += LIMITS.pieceBytes - other.partBytes
      this.#cancel(other)
    }
  }

  #advance(read: SpanRead): void {
    this.#demand.release({ first: read.next, end: read.next + 1 })
    read.next += 1
    read.partBytes = 0
    if (read.next === read.end) this.#forget(read)
  }

  #failed(read: SpanRead, source: ScheduleSource, { code, now }: { code: ErrorCode; now: number }): void {
    this.#forget(read)
    const isPassing = code === 'too-busy' || (source.isBusy && MAY_PASS.has(code)) ? source.refused(now) : MAY_PASS.has(code) && source.broke(now)
    if (!isPassing) this.#drop(source, code)
  }

  #ban(source: ScheduleSource, piece: number): void {
    this.#banned.add(source.peer)
    this.#remove(source)
    this.#effects.push({ type: 'ban', peer: source.peer, piece })
  }

  #drop(source: ScheduleSource, code: ErrorCode): void {
    this.#drops.set(source.peer, (this.#drops.get(source.peer) ?? 0) + 1)
    this.#remove(source)
    this.#effects.push({ type: 'drop', peer: source.peer, code })
  }

  #remove(source: ScheduleSource): void {
    for (const read of source.reads.slice()) this.#cancel(read)
    this.#sources.delete(source.peer)
    this.#demand.weigh(this.#sources.values())
  }

  #cancel(read: SpanRead): void {
    this.#forget(read)
    this.#effects.push({ type: 'cancel', read: read.id })
  }

  #forget(read: SpanRead): void {
    this.#demand.release({ first: read.next, end: read.end })
    this.#reads.delete(read.id)
    this.#sources.get(read.peer)?.ended(read)
  }

  /** Those that are being asked first, because their connection is there and warm; then those never tried, the preferred first, then the quickest. */
  #askAll(now: number): void {
    if (this.here.isFull) return
    const waiting: ScheduleSource[] = []
    for (const source of this.#sources.values()) {
      if (source.isBusy) this.#ask(source, now)
      else waiting.push(source)
    }
    const [fresh, tried] = [waiting.filter(({ lastSpan }) => lastSpan === 0), waiting.filter(({ lastSpan }) => lastSpan !== 0)]
    for (const source of fresh.sort((a, b) => b.preference - a.preference)) this.#ask(source, now)
    for (const source of tried.sort((a, b) => (b.rate(now) ?? 0) - (a.rate(now) ?? 0))) this.#ask(source, now)
  }

  #ask(source: ScheduleSource, now: number): void {
    while (source.isReady(now) && (source.isBusy || this.#hasPlace(source, now))) {
      const span = this.#nextSpan(source, now)
      if (span === undefined) return
      const id = (this.#lastRead += 1)
      const read = new SpanRead({ id, peer: source.peer, ...span, sizeBytes: this.#sizeBytes, startedAt: now })
      this.#demand.take(span)
      this.#reads.set(id, read)
      source.began(read, now)
      source.lastSpan = span.end - span.first
      this.#effects.push({ type: 'read', read: id, peer: source.peer, ...span })
    }
  }

  /** When all places are taken, whoever was never tried gets that of one who gives next to nothing. */
  #hasPlace(source: ScheduleSource, now: number): boolean {
    const busy = this.#sources.values().filter(({ isBusy }) => isBusy).toArray()
    if (busy.length < LIMITS.holdersPerFetch) return true
    const crawling = source.lastSpan === 0 ? busy.find((other) => other.isCrawling(now)) : undefined
    for (const read of crawling?.reads.slice() ?? []) this.#cancel(read)
    return crawling !== undefined
  }

  #nextSpan(source: ScheduleSource, now: number): Span | undefined {
    const first = this.#demand.best(source)
    if (first !== undefined) {
      return this.#othersAreQuicker(source, first, now) ? undefined : this.#demand.spanFrom(first, source, this.#spanPieces(source, now))
    }
    const tail = takeover(source, this.#sources.values(), now)
    if (tail !== undefined) return this.#takeOver(source, tail)
    const piece = source.isBusy ? undefined : worthTwice(source, this.#sources.values(), { now, spareBytes: this.#spareBytes })
    if (piece === undefined) return undefined
    this.#spareBytes -= LIMITS.pieceBytes
    return { first: piece, end: piece + 1 }
  }

  #takeOver(source: ScheduleSource, { read, from }: { read: SpanRead; from: number }): Span {
    const { end } = read
    if (from === read.next) this.#cancel(read)
    else {
      this.#demand.release({ first: from, end })
      read.end = from
      this.#effects.push({ type: 'cut', read: read.id, end: from })
    }
    return this.#demand.spanFrom(from, source, end - from)
  }

  /** About what it gives in `SPAN_MS`, never much more than last time, and no more than half of its share of what is left. */
  #spanPieces(source: ScheduleSource, now: number): number {
    const rate = source.rate(now)
    if (rate === undefined) return this.#sources.size === 1 ? firstSpan(this.#demand.open) : 1
    const others = this.#sources.values().filter((other) => other !== source && other.isBusy).reduce((sum, other) => sum + (other.rate(now) ?? rate), 0)
    const share = others === 0 ? Infinity : Math.ceil((this.#demand.open * rate) / (rate + others) / 2)
    const timed = Math.round((rate * (source.roundTripMs + SPAN_MS)) / LIMITS.pieceBytes)
    return Math.max(1, Math.min(SPAN_PIECES_MAX, 2 * source.lastSpan, timed, share))
  }

  /** Whether a source would bring one piece later than the others bring everything: then it is left to them. */
  #othersAreQuicker(source: ScheduleSource, piece: number, now: number): boolean {
    const rate = source.rate(now)
    if (rate === undefined) return false
    let [total, fastest, owed, isHad] = [0, 0, this.#demand.open * LIMITS.pieceBytes, false]
    for (const other of this.#sources.values()) {
      const speed = other.rate(now) ?? 0
      if (other === source || !other.isBusy || speed === 0 || other.isSilent(now)) continue
      total += speed
      fastest = Math.max(fastest, speed)
      owed += other.owedBytes
      isHad ||= other.has(piece)
    }
    if (!isHad) return false
    return (source.owedBytes + LIMITS.pieceBytes) / Math.max(rate, Number.MIN_VALUE) > owed / total + LIMITS.pieceBytes / fastest
  }

  #conclude(now: number): void {
    if (this.here.isFull) {
      for (const read of this.#reads.values()) this.#cancel(read)
      this.#end('done')
    } else if (!this.#isSearching && this.#reads.size === 0 && !this.#isHopeful(now)) this.#end('exhausted')
  }

  #end(type: 'done' | 'exhausted'): void {
    this.#isOver = true
    this.#effects.push({ type })
  }

  /** Whether somebody who has something that is missing can be asked later. */
  #isHopeful(now: number): boolean {
    return this.#sources.values().some((source) => source.notBefore > now && this.#demand.best(source) !== undefined)
  }
}

/**
 * What a source that is alone is asked for first: all of what is little, of much the share that it would have beside as many as can be. Whoever
 * comes later takes over from it (end-game.ts).
 */
const firstSpan = (open: number): number => (open <= SPAN_PIECES_MAX ? open : Math.min(SPAN_PIECES_MAX, Math.ceil(open / LIMITS.holdersPerFetch)))
