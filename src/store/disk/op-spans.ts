import type { GgenError } from '#core'
import {
  addTo, AT_END, boundBetween, compareBounds, EMPTY_SUM, type OpBound, type OpRange, type OpSet, type OpStretch, type SetSummary,
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

interface Added {
  /** In hexadecimal digits. */
  readonly place: string
  readonly hash: Uint8Array
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
  readonly #added: Added[] = []

  constructor(database: Database) {
    this.#database = database
  }

  /** Remembers an op that was just put into `ops`; `count` enters all of them at once, for most lie in the same spans. */
  add(at: number, hash: Uint8Array): void {
    this.#added.push({ place: placeOf({ at, hash }), hash })
  }

  /** Counts what was added. To be called before anything is measured, and before the transaction ends. */
  count(): void {
    if (this.#added.length > 0) this.#enter(0, '', this.#added.splice(0))
  }

  /** Forgets what was added since: it was taken back. */
  forget(): void {
    this.#added.length = 0
  }

  measure(range: OpRange): SetSummary {
    this.count()
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

  /** Counts new ops in the span of this path, and in those below it. */
  #enter(depth: number, path: string, added: readonly Added[]): void {
    const span = this.#span(depth, path)
    const sum = Uint8Array.from(span?.sum ?? EMPTY_SUM)
    for (const { hash } of added) addTo(sum, hash)
    const count = (span?.count ?? 0) + added.length
    if (span === undefined) this.#database.run('INSERT INTO spans VALUES (?, ?, ?, ?, 0)', depth, path, count, sum)
    else this.#database.run('UPDATE spans SET count = ?, sum = ? WHERE depth = ? AND path = ?', count, sum, depth, path)
    if (span?.parted === 1) this.#enterBelow(depth, added)
    else if (count > PART_ABOVE) this.#part(depth, path, count)
  }

  #enterBelow(depth: number, added: readonly Added[]): void {
    const digits = digitsAt(depth + 1)
    for (const [child, inside] of Map.groupBy(added, ({ place }) => place.slice(0, digits))) this.#enter(depth + 1, child, inside)
  }

  #part(depth: number, path: string, count: number): void {
    this.#database.run('UPDATE spans SET parted = 1 WHERE depth = ? AND path = ?', depth, path)
    const rows = this.#rows({ from: boundOf(path), to: endOf(path) }, count)
    this.#enterBelow(depth, rows.map((row) => ({ place: placeOf(row), hash: row.hash })))
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
