import { LIMITS, type Giver, type Urgency } from '#core'
import { Bucket } from './bucket.ts'

/** Somebody who wants to pass with some bytes. */
export interface Turn {
  readonly peer: Giver
  readonly bytes: number
}

/** Those who share one part of the bandwidth. Its fields belong to the turnstile. */
export interface Queue<T extends Turn> {
  readonly urgency: Urgency
  /** In the order in which they came. */
  readonly turns: T[]
  /** Virtual time, in bytes, at which its next turn begins and its last one ended. */
  start: number
  finish: number
}

/** Bytes per second of one direction; absent: no limit. */
export interface DirectionLimits {
  readonly node?: number
  readonly perPeer?: number
}

/** What passes without waiting asks again within the same turn of the event loop; so long others that have had more let it. */
const RETURN_MS = 1
/** What each background queue gets although interactive ones wait: twice what counts as a stall, but together a quarter of the limit. */
const TRICKLE_RATE = 2 * LIMITS.stallBytesPerSecond
const TRICKLE_SHARE = 0.25

interface Candidate<T extends Turn> {
  readonly queue: Queue<T>
  readonly turn: T
}

/**
 * Who passes next in one direction. Start-time fair queueing: every queue has a virtual time that moves by the bytes it got, and the
 * one that is furthest behind goes first, so that queues share equally whatever the size of their chunks; who was away gets nothing for
 * that. Interactive queues go before background ones, which keep a trickle. Pure: monotonic milliseconds are arguments.
 */
export class Turnstile<T extends Turn> {
  #node: Bucket | undefined
  #perPeer: number | undefined
  #rate: DirectionLimits = {}
  /** When a background turn next goes before interactive ones. */
  #trickleAt = -Infinity
  #turns = 0
  readonly #peers = new Map<Giver, Bucket>()
  readonly #waiting = new Set<Queue<T>>()
  /** Queues that passed a moment ago and may be about to ask again. */
  readonly #returning = new Map<Queue<T>, { readonly passedAt: number; readonly peer: Giver }>()
  readonly #virtual: Record<Urgency, number> = { interactive: 0, background: 0 }

  /** Everybody may pass. */
  get isUnlimited(): boolean {
    return this.#node === undefined && this.#perPeer === undefined
  }

  /** How many turns wait. */
  get size(): number {
    return this.#turns
  }

  setLimits(limits: DirectionLimits, now: number): void {
    const { node, perPeer } = limits
    if (node === undefined) this.#node = undefined
    else if (this.#node === undefined) this.#node = new Bucket(node, now)
    else this.#node.setRate(node, now)
    if (perPeer === undefined) this.#peers.clear()
    else for (const bucket of this.#peers.values()) bucket.setRate(perPeer, now)
    this.#perPeer = perPeer
    this.#rate = limits
  }

  enqueue(queue: Queue<T>, turn: T): void {
    this.#returning.delete(queue)
    if (queue.turns.length === 0) {
      queue.start = Math.max(this.#virtual[queue.urgency], queue.finish)
      this.#waiting.add(queue)
    }
    queue.turns.push(turn)
    this.#turns += 1
  }

  /** Takes back a turn that waits. */
  remove(queue: Queue<T>, turn: T): void {
    const index = queue.turns.indexOf(turn)
    if (index === -1) return
    queue.turns.splice(index, 1)
    this.#turns -= 1
    if (queue.turns.length === 0) this.#waiting.delete(queue)
  }

  /** The turn that passes now, taken out and charged; `undefined` when nobody may. To be called until it says so. */
  next(now: number): T | undefined {
    if (this.#turns === 0 || this.#node?.isOpen(now) === false) return undefined
    for (const [queue, { passedAt }] of this.#returning) if (now - passedAt >= RETURN_MS) this.#returning.delete(queue)
    const interactive = this.#furthestBehind('interactive', now)
    const background = this.#furthestBehind('background', now)
    if (background === undefined) return interactive && this.#passInOrder(interactive, now)
    const isContended = interactive !== undefined || this.#mayReturn('interactive', background, Infinity)
    if (!isContended) return this.#passInOrder(background, now)
    if (now < this.#trickleAt) return interactive && this.#passInOrder(interactive, now)
    this.#trickleAt = now + (background.turn.bytes / this.#trickleRate) * 1000
    return this.#pass(background, now)
  }

  /** Milliseconds until somebody may pass, at least 1; `undefined` when nobody waits. Only right after `next` had nobody. */
  waitMs(now: number): number | undefined {
    if (this.#turns === 0) return undefined
    const nodeMs = this.#node?.waitMs(now) ?? 0
    if (nodeMs > 0) return nodeMs
    const waitsMs = [...this.#waiting].flatMap(({ turns }) => turns.map(({ peer }) => this.#peers.get(peer)?.waitMs(now) ?? 0))
    // Whose peer is open was held up for one that may return.
    return Math.max(RETURN_MS, Math.min(...waitsMs))
  }

  #furthestBehind(urgency: Urgency, now: number): Candidate<T> | undefined {
    let best: Candidate<T> | undefined
    for (const queue of this.#waiting) {
      if (queue.urgency !== urgency) continue
      const turn = queue.turns.find(({ peer }) => this.#isPeerOpen(peer, now))
      // Whose peers are all at their own limit must not save up a right to go first.
      if (turn === undefined) queue.start = Math.max(queue.start, this.#virtual[urgency])
      else if (best === undefined || queue.start < best.queue.start) best = { queue, turn }
    }
    return best
  }

  /** A queue that asks again at once is not overtaken because it was away for a moment. */
  #passInOrder(candidate: Candidate<T>, now: number): T | undefined {
    const { urgency, start } = candidate.queue
    return this.#mayReturn(urgency, candidate, start) ? undefined : this.#pass(candidate, now)
  }

  /** Whether a queue that has had less than `start` passed a moment ago, and would compete with the candidate. */
  #mayReturn(urgency: Urgency, { turn }: Candidate<T>, start: number): boolean {
    for (const [queue, { peer }] of this.#returning) {
      if (queue.urgency === urgency && queue.finish < start && (this.#node !== undefined || peer === turn.peer)) return true
    }
    return false
  }

  #pass({ queue, turn }: Candidate<T>, now: number): T {
    this.remove(queue, turn)
    this.#virtual[queue.urgency] = Math.max(this.#virtual[queue.urgency], queue.start)
    queue.finish = queue.start + turn.bytes
    queue.start = queue.finish
    this.#node?.spend(turn.bytes, now)
    if (this.#perPeer !== undefined) this.#bucketOf(turn.peer, this.#perPeer, now).spend(turn.bytes, now)
    if (queue.turns.length === 0 && this.#isPeerOpen(turn.peer, now)) this.#returning.set(queue, { passedAt: now, peer: turn.peer })
    return turn
  }

  /** Bytes per second that all background queues together get whatever the others want. */
  get #trickleRate(): number {
    const queues = [...this.#waiting].filter(({ urgency }) => urgency === 'background').length
    const limit = Math.min(this.#rate.node ?? Infinity, (this.#rate.perPeer ?? Infinity) * queues)
    return Math.min(TRICKLE_SHARE * limit, TRICKLE_RATE * queues)
  }

  #isPeerOpen(peer: Giver, now: number): boolean {
    return this.#peers.get(peer)?.isOpen(now) ?? true
  }

  #bucketOf(peer: Giver, rate: number, now: number): Bucket {
    const known = this.#peers.get(peer)
    if (known !== undefined) return known
    if (this.#peers.size >= LIMITS.pacedPeers) this.#forgetPeers(now)
    const bucket = new Bucket(rate, now)
    this.#peers.set(peer, bucket)
    return bucket
  }

  /** A full bucket says no more than none. There is always room for one more: the oldest goes when all of them count. */
  #forgetPeers(now: number): void {
    for (const [peer, bucket] of this.#peers) if (bucket.isFull(now)) this.#peers.delete(peer)
    const [oldest] = this.#peers.keys()
    if (this.#peers.size >= LIMITS.pacedPeers && oldest !== undefined) this.#peers.delete(oldest)
  }
}
