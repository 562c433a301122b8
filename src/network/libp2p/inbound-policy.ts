import { LIMITS, prefixOfHost } from '#core'
import { isNearby, isThisMachine } from './address-scope.ts'
import { Buckets, type Rate } from './token-bucket.ts'

/** What the node holds already when somebody knocks: counts include connections that are still being set up. */
export interface InboundState {
  readonly total: number
  readonly ofHost: number
  readonly ofPrefix: number
  readonly isBanned: boolean
  readonly isTooFast: boolean
}

/** `admit`, or why not. */
export type Admission = 'admit' | 'banned' | 'too-fast' | 'host-full' | 'prefix-full' | 'node-full'

/** New connections of one host; the library's own limit counts loopback too, so it is off. */
const KNOCKS: Rate = { perSecond: LIMITS.knocksPerSecond, burst: LIMITS.knocksBurst }

/**
 * Connections one host and one prefix may hold. Nobody on the internet can come from a private source address, and a LAN, an office NAT or a
 * container bridge shows many honest nodes behind one of them, so these get more. Loopback is this machine itself: tests, demos and
 * several nodes of one user; keeping it small would protect nothing, because who can open it can already use the machine.
 */
export const inboundShare = (host: string): { readonly host: number; readonly prefix: number } => {
  if (isThisMachine(host)) return { host: LIMITS.connections, prefix: LIMITS.connections }
  if (isNearby(host)) return { host: 4 * LIMITS.inboundPerHost, prefix: LIMITS.inboundTotal }
  return { host: LIMITS.inboundPerHost, prefix: LIMITS.inboundPerPrefix }
}

/** Decides about one inbound connection from `host`; `most` of them may be open. */
export const judgeInbound = (state: InboundState, host: string, most: number = LIMITS.inboundTotal): Admission => {
  const share = inboundShare(host)
  if (state.isBanned) return 'banned'
  if (state.total >= most) return 'node-full'
  if (state.ofHost >= share.host) return 'host-full'
  if (state.ofPrefix >= share.prefix) return 'prefix-full'
  return state.isTooFast ? 'too-fast' : 'admit'
}

/** Counts inbound connections per host and prefix, from the first packet on, so that half-open sockets count too. */
export class InboundLedger {
  readonly #hosts = new Map<string, number>()
  readonly #prefixes = new Map<string, number>()
  readonly #knocks = new Buckets(KNOCKS)
  readonly #trials = new Map<string, number>()
  readonly #most: number
  #total = 0

  /** For so many connections in all. */
  constructor(most: number = LIMITS.inboundTotal) {
    this.#most = most
  }

  get total(): number {
    return this.#total
  }

  /** Judges a connection and, where it is admitted, counts it until `close` is called. */
  enter(host: string, isBanned: boolean, nowMs: number): { readonly admission: Admission; readonly close: () => void } {
    const prefix = prefixOfHost(host)
    const isLocal = inboundShare(host).host >= LIMITS.connections
    const admission = judgeInbound(
      {
        total: this.#total,
        ofHost: this.#hosts.get(host) ?? 0,
        ofPrefix: this.#prefixes.get(prefix) ?? 0,
        isBanned,
        isTooFast: !isLocal && !this.#knocks.take(host, nowMs),
      },
      host,
      this.#most,
    )
    if (admission !== 'admit') return { admission, close: () => undefined }
    this.#count(host, prefix, 1)
    return { admission, close: once(() => this.#count(host, prefix, -1)) }
  }

  /**
   * One of the few places for connections that find no other, until it is known whose they are. Returns what frees it, or nothing when none is
   * left.
   */
  try(host: string): (() => void) | undefined {
    const total = this.#trials.values().reduce((sum, count) => sum + count, 0)
    if ((this.#trials.get(host) ?? 0) >= LIMITS.inboundTrialsPerHost || total >= LIMITS.inboundTrials) return undefined
    add(this.#trials, host, 1)
    return once(() => add(this.#trials, host, -1))
  }

  #count(host: string, prefix: string, change: 1 | -1): void {
    this.#total += change
    add(this.#hosts, host, change)
    add(this.#prefixes, prefix, change)
  }
}

const once = (work: () => void): (() => void) => {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}

const add = (counts: Map<string, number>, key: string, change: 1 | -1): void => {
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
