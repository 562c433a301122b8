import type { GgenError } from '#core'
import {
  addTo, AT_END, boundBetween, compareBounds, EMPTY_SUM, type OpBound, type OpRange, type OpSet, type OpStretch, type SetSummary, takeFrom,
} from '#store'
import type { Database } from './database.ts'

/**
 * A radix tree over the places of ops, written as hexadecimal digits: ten of `at`, then those of the hash. A span is all ops whose digits
 * begin with its path; one that holds more than `PART_ABOVE` ops is parted into those one digit longer. Everything that is parted stays so.
 */
export const SPAN_TABLES = `
CREATE TABLE spans (
  depth INTEGER NOT NULL,
  path TEXT NOT NULL,
  count INTEGER NOT NULL,
  sum BLOB NOT NULL,
  parted INTEGER NOT NULL,
  PRIMARY KEY (depth, path)
) STRICT, WITHOUT ROWID;
INSERT INTO spans VALUES (0, '', 0, zeroblob(32), 0);
`

/** Many enough that the tree stays small beside the ops, few enough to be read when a range cuts through them. */
const PART_ABOVE = 64
const AT_DIGITS = 10
const PLACE_DIGITS = AT_DIGITS + 64
/** Stands behind every hexadecimal digit. */
const AFTER = 'g'
/** Three digits of `at` at once: a span of eight years, of which there is seldom more than one. */
const FIRST_DIGITS = 3

interface SpanRow extends SetSummary {
  readonly path: string
  readonly parted: number
}

const digitsAt = (depth: number): number => (depth === 0 ? 0 : FIRST_DIGITS + depth - 1)
const placeOf = ({ at, hash }: OpBound): string =>
  at >= AT_END ? AFTER : at.toString(16).padStart(AT_DIGITS, '0') + Buffer.from(hash).toString('hex')
const lowest = (path: string): string => path.padEnd(PLACE_DIGITS, '0')
const highest = (path: string): string => path.padEnd(PLACE_DIGITS, 'f')
const boundOf = (path: string): OpBound => {
  const digits = path.padEnd(AT_DIGITS, '0')
  const hash = digits.slice(AT_DIGITS)
  return { at: Number.parseInt(digits.slice(0, AT_DIGITS), 16), hash: Uint8Array.from(Buffer.from(hash.padEnd(hash.length + (hash.length % 2), '0'), 'hex')) }
}
const endOf = (path: string): OpBound => {
  const next = (BigInt(`0x${path === '' ? '0' : path}`) + 1n).toString(16).padStart(path.length, '0')
  return path === '' || next.length > path.length ? { at: Infinity, hash: new Uint8Array() } : boundOf(next)
}
const later = (a: OpBound, b: OpBound): OpBound => (compareBounds(a, b) < 0 ? b : a)
const earlier = (a: OpBound, b: OpBound): OpBound => (compareBounds(a, b) < 0 ? a : b)

/** Exported for the test that their plans use indexes. */
export const SPAN = 'SELECT path, count, sum, parted FROM spans WHERE depth = ? AND path = ?'
export const BELOW = 'SELECT path, count, sum, parted FROM spans WHERE depth = ? AND path >= ? AND path < ? ORDER BY path'
export const PLACES = 'SELECT at, id AS hash FROM ops WHERE (at, id) >= (?, ?) AND (at, id) < (?, ?) ORDER BY at, id LIMIT ?'

/**
 * The places of a catalogue's ops, counted and added up in a tree beside the table `ops`. Changes are part of the caller's transaction. A tree
 * that contradicts itself or the ops is `store-broken`, and the file is begun anew when it is opened the next time.
 */
export class OpSpans implements OpSet {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Counts an op that was just put into `ops`. */
  add(at: number, hash: Uint8Array): void {
    const place = placeOf({ at, hash })
    for (let depth = 0; ; depth += 1) {
      const path = place.slice(0, digitsAt(depth))
      const span = this.#span(depth, path)
      const sum = Uint8Array.from(span?.sum ?? EMPTY_SUM)
      addTo(sum, hash)
      if (span === undefined) return this.#insert(depth, path, [hash])
      this.#database.run('UPDATE spans SET count = count + 1, sum = ? WHERE depth = ? AND path = ?', sum, depth, path)
      if (span.parted === 0) return span.count < PART_ABOVE ? undefined : this.#part(depth, path)
    }
  }

  /** Takes an op out of the count that was just taken out of `ops`. */
  remove(at: number, hash: Uint8Array): void {
    const place = placeOf({ at, hash })
    for (let depth = 0; ; depth += 1) {
      const path = place.slice(0, digitsAt(depth))
      const span = this.#span(depth, path)
      if (span === undefined || span.count === 0) throw this.#damaged()
      const sum = Uint8Array.from(span.sum)
      takeFrom(sum, hash)
      this.#database.run('UPDATE spans SET count = count - 1, sum = ? WHERE depth = ? AND path = ?', sum, depth, path)
      if (span.parted === 0) return
    }
  }

  measure(range: OpRange): SetSummary {
    const sum = EMPTY_SUM.slice()
    let count = 0
    for (const stretch of this.#cover(range, Infinity)) {
      addTo(sum, stretch.sum)
      count += stretch.count
    }
    return { count, sum }
  }

  divide(range: OpRange, parts: number): OpStretch[] {
    const whole = this.measure(range)
    const each = Math.ceil(whole.count / parts)
    const stretches: { from: OpBound; count: number; sum: Uint8Array }[] = []
    for (const piece of this.#cover(range, Math.ceil(each / 2))) {
      const last = stretches.at(-1)
      if (last === undefined) stretches.push({ ...piece, from: range.from, sum: piece.sum.slice() })
      else if (last.count + piece.count > each) stretches.push({ ...piece, sum: piece.sum.slice() })
      else {
        last.count += piece.count
        addTo(last.sum, piece.sum)
      }
    }
    this.#assertSame(whole, stretches)
    return stretches
  }

  placesIn(range: OpRange, limit: number): OpBound[] {
    return this.#rows(range, limit).map(({ at, hash }) => ({ at, hash }))
  }

  /** Spans and single ops that together are the range, in order, none larger than `most`. */
  *#cover(range: OpRange, most: number): Generator<OpStretch> {
    const [low, high] = [lowest(placeOf(range.from)), lowest(placeOf(range.to))]
    const open = [{ depth: 0, span: this.#span(0, '') }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { depth, span } = next
      if (span === undefined || span.count === 0 || highest(span.path) < low || lowest(span.path) >= high) continue
      const isInside = lowest(span.path) >= low && highest(span.path) < high
      if (isInside && span.count <= most) yield { from: boundOf(span.path), count: span.count, sum: span.sum }
      else if (span.parted === 0) yield* this.#singles({ from: later(boundOf(span.path), range.from), to: earlier(endOf(span.path), range.to) })
      else open.push(...this.#below(depth, span.path).reverse().map((child) => ({ depth: depth + 1, span: child })))
    }
  }

  *#singles(range: OpRange): Generator<OpStretch> {
    let before: OpBound | undefined
    for (const place of this.#rows(range, PART_ABOVE)) {
      yield { from: before === undefined ? range.from : boundBetween(before, place), count: 1, sum: place.hash }
      before = place
    }
  }

  #part(depth: number, path: string): void {
    const digits = digitsAt(depth + 1)
    const rows = this.#rows({ from: boundOf(path), to: endOf(path) }, PART_ABOVE + 1)
    this.#database.run('UPDATE spans SET parted = 1 WHERE depth = ? AND path = ?', depth, path)
    for (const [child, inside] of Map.groupBy(rows, (place) => placeOf(place).slice(0, digits))) {
      this.#insert(depth + 1, child, inside.map(({ hash }) => hash))
      if (inside.length > PART_ABOVE) this.#part(depth + 1, child)
    }
  }

  #insert(depth: number, path: string, hashes: readonly Uint8Array[]): void {
    const sum = EMPTY_SUM.slice()
    for (const hash of hashes) addTo(sum, hash)
    this.#database.run('INSERT INTO spans VALUES (?, ?, ?, ?, 0)', depth, path, hashes.length, sum)
  }

  #span(depth: number, path: string): SpanRow | undefined {
    const row = this.#database.get<SpanRow>(SPAN, depth, path)
    if (row !== undefined) this.#check(depth, row)
    return row
  }

  #below(depth: number, path: string): SpanRow[] {
    const rows = this.#database.all<SpanRow>(BELOW, depth + 1, path, path + AFTER)
    for (const row of rows) this.#check(depth + 1, row)
    return rows
  }

  #check(depth: number, { path, count, sum }: SpanRow): void {
    const isSound = path.length === digitsAt(depth) && /^[\da-f]*$/.test(path) && count >= 0 && sum.length === EMPTY_SUM.length
    if (!isSound) throw this.#damaged()
  }

  /** A span is counted besides its parts: here both are at hand. */
  #assertSame(whole: SetSummary, parts: readonly SetSummary[]): void {
    const sum = EMPTY_SUM.slice()
    let count = 0
    for (const part of parts) {
      addTo(sum, part.sum)
      count += part.count
    }
    if (count !== whole.count || Buffer.compare(sum, whole.sum) !== 0) throw this.#damaged()
  }

  #rows({ from, to }: OpRange, limit: number): OpBound[] {
    return this.#database.all<OpBound>(PLACES, from.at, from.hash, Math.min(to.at, AT_END), to.hash, limit)
  }

  #damaged(): GgenError {
    return this.#database.damage('the tree over the ops')
  }
}
