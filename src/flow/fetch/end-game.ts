import { LIMITS } from '#core'
import type { ScheduleSource } from './schedule-source.ts'
import type { SpanRead } from './span-read.ts'

/** Who fetches a piece again must be expected to be this much quicker. */
const CLEARLY_QUICKER = 1.5

/** A read that is to end before piece `from`, because somebody else can bring the rest sooner. */
export interface Takeover {
  readonly read: SpanRead
  readonly from: number
}

/**
 * Pieces that one source was asked for and another one, which has nothing to do, would bring sooner: as many of the last ones as let both end
 * at the same time, and of one that has given nothing yet half. None of them has begun to come, so that nothing comes twice.
 */
export const takeover = (idle: ScheduleSource, sources: Iterable<ScheduleSource>, now: number): Takeover | undefined => {
  let [best, latest] = [undefined as Takeover | undefined, 0]
  for (const owner of sources) {
    if (owner === idle) continue
    const rate = owner.rate(now)
    const endsInMs = owner.isBusy ? owner.owedBytes / (rate ?? 0) : 0
    if (endsInMs <= latest) continue
    const pieces = rate === undefined || rate === 0 ? shareOfMute(owner, now) : shareOf(owner, idle, { rate, now })
    const found = pieces < 1 ? undefined : tailOf(owner, idle, pieces)
    if (found !== undefined) [best, latest] = [found, endsInMs]
  }
  return best
}

/** Of what has given nothing yet: half of it, and all when it should have. */
const shareOfMute = (owner: ScheduleSource, now: number): number => {
  const most = Math.max(0, ...owner.reads.map((read) => read.end - read.firstUnbegun))
  return owner.isSilent(now) ? most : Math.floor(most / 2)
}

const shareOf = (owner: ScheduleSource, idle: ScheduleSource, { rate, now }: { readonly rate: number; readonly now: number }): number => {
  const own = idle.rate(now) ?? rate
  const spareMs = owner.owedBytes / rate - idle.owedBytes / own - idle.roundTripMs
  return Math.floor(spareMs / (LIMITS.pieceBytes / own + LIMITS.pieceBytes / rate))
}

/** The longest tail of a read of `owner`, at most `pieces` long, that begins with a piece which `idle` has. */
const tailOf = (owner: ScheduleSource, idle: ScheduleSource, pieces: number): Takeover | undefined => {
  let [best, length] = [undefined as Takeover | undefined, 0]
  for (const read of owner.reads) {
    let from = Math.max(read.firstUnbegun, read.end - pieces)
    while (from < read.end && !idle.has(from)) from += 1
    if (read.end - from > length) [best, length] = [{ read, from }, read.end - from]
  }
  return best
}

/**
 * A piece that is coming in so slowly that another source, which has nothing to do, would be clearly quicker even from its beginning. Probably
 * no more than `spareBytes` will have come in vain, unless its owner gives next to nothing.
 */
export const worthTwice = (idle: ScheduleSource, sources: Iterable<ScheduleSource>, { now, spareBytes }: Budget): number | undefined => {
  let [best, latest] = [undefined as number | undefined, 0]
  for (const [piece, { owner, read, endsInMs }] of arrivals(sources, now)) {
    const ownMs = bringsInMs(idle, owner, now)
    if (endsInMs <= latest || !idle.has(piece) || endsInMs <= CLEARLY_QUICKER * ownMs) continue
    const wasteBytes = Math.min(LIMITS.pieceBytes, read.partBytes + (owner.rate(now) ?? 0) * ownMs)
    if (wasteBytes <= spareBytes || owner.isCrawling(now)) [best, latest] = [piece, endsInMs]
  }
  return best
}

interface Budget {
  readonly now: number
  readonly spareBytes: number
}

/** Who will probably bring a piece first, and when. */
interface Arrival {
  readonly owner: ScheduleSource
  readonly read: SpanRead
  readonly endsInMs: number
}

const arrivals = (sources: Iterable<ScheduleSource>, now: number): ReadonlyMap<number, Arrival> => {
  const first = new Map<number, Arrival>()
  for (const owner of sources) {
    for (const read of owner.reads) {
      const endsInMs = pieceEndsInMs(owner, read, now)
      const known = first.get(read.next)
      if (known === undefined || endsInMs < known.endsInMs) first.set(read.next, { owner, read, endsInMs })
    }
  }
  return first
}

/** Bytes per millisecond; never 0; `undefined`: it may be about to begin. */
const speedOf = (source: ScheduleSource, now: number): number | undefined => {
  const rate = source.rate(now)
  if (rate === undefined) return source.isSilent(now) ? Number.MIN_VALUE : undefined
  return Math.max(rate, Number.MIN_VALUE)
}

/** Its requests share what it gives until the shorter ones are over. */
const pieceEndsInMs = (owner: ScheduleSource, read: SpanRead, now: number): number => {
  const rate = speedOf(owner, now)
  if (rate === undefined) return 0
  const before = owner.reads.reduce((sum, other) => sum + (other !== read && other.hasBegun ? Math.min(other.owedBytes, read.pieceOwedBytes) : 0), 0)
  return (before + read.pieceOwedBytes) / rate
}

/** Of a source that was never tried, only more than of one that is silent is expected. */
const bringsInMs = (idle: ScheduleSource, owner: ScheduleSource, now: number): number => {
  const rate = idle.rate(now)
  if (rate === undefined) return owner.isSilent(now) ? 0 : Infinity
  return idle.roundTripMs + LIMITS.pieceBytes / Math.max(rate, Number.MIN_VALUE)
}
