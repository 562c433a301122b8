import type { Carrier } from '#bulk'
import type { Giver, SourceShare } from '#core'

interface Share {
  carrier: Carrier
  bytes: number
  /** Offset and length, ascending, neighbours joined. */
  readonly ranges: [offset: number, length: number][]
  /** Requests under way, and since when there are any. */
  asking: number
  since: number
  askedMs: number
}

/** Who gave which bytes of a blob, and how fast. Times are milliseconds that never go back. */
export class SourceShares {
  readonly #shares = new Map<Giver, Share>()

  began(peer: Giver, carrier: Carrier, now: number): void {
    const share = this.#shares.get(peer) ?? { carrier, bytes: 0, ranges: [], asking: 0, since: now, askedMs: 0 }
    this.#shares.set(peer, share)
    share.carrier = carrier
    if (share.asking === 0) share.since = now
    share.asking += 1
  }

  /** What else comes of it comes this way. */
  moved(peer: Giver, carrier: Carrier): void {
    const share = this.#shares.get(peer)
    if (share !== undefined) share.carrier = carrier
  }

  ended(peer: Giver, now: number): void {
    const share = this.#shares.get(peer)
    if (share === undefined) return
    share.asking -= 1
    if (share.asking === 0) share.askedMs += now - share.since
  }

  /** Bytes that count, each once. */
  gave(peer: Giver, offset: number, length: number): void {
    const share = this.#shares.get(peer)
    if (share === undefined) return
    share.bytes += length
    join(share.ranges, offset, length)
  }

  /** Nothing that was given counts. */
  clear(): void {
    this.#shares.clear()
  }

  /** Those who gave anything, the most first. */
  report(now: number): readonly SourceShare[] {
    return [...this.#shares]
      .filter(([, { bytes }]) => bytes > 0)
      .map(([peer, { carrier, bytes, ranges, asking, since, askedMs }]) => {
        const ms = askedMs + (asking > 0 ? now - since : 0)
        return { peer, carrier, bytes, ranges, bytesPerSecond: Math.round((bytes * 1000) / Math.max(1, ms)) }
      })
      .sort((a, b) => b.bytes - a.bytes)
  }
}

const join = (ranges: [offset: number, length: number][], offset: number, length: number): void => {
  let at = ranges.length
  while (at > 0 && (ranges[at - 1]?.[0] ?? 0) > offset) at -= 1
  ranges.splice(at, 0, [offset, length])
  for (const left of [at, at - 1]) {
    const [before, after] = [ranges[left], ranges[left + 1]]
    if (before === undefined || after === undefined || before[0] + before[1] !== after[0]) continue
    before[1] += after[1]
    ranges.splice(left + 1, 1)
  }
}
