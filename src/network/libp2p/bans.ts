import { prefixOfHost, scopeOfHost } from './address-scope.ts'

const minute = 60_000
const hour = 60 * minute

const STRIKES = 5
const STRIKE_WINDOW_MS = 10 * minute
const TRACKED = 10_000

/** How long the first ban of a kind lasts, and the longest; every further one lasts twice as long. */
export interface BanSpan {
  readonly firstMs: number
  readonly maxMs: number
}

const PEER_BAN: BanSpan = { firstMs: hour, maxMs: 7 * 24 * hour }
const HOST_BAN: BanSpan = { firstMs: 10 * minute, maxMs: 24 * hour }

/** So many banned peers of one host, or banned hosts of one prefix, and it is banned itself. */
const PEERS_PER_HOST = 2
const HOSTS_PER_PREFIX = 4

/** How long the ban after `earlier` former ones lasts. */
export const banMs = ({ firstMs, maxMs }: BanSpan, earlier: number): number => Math.min(maxMs, firstMs * 2 ** Math.min(earlier, 32))

const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= TRACKED) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/**
 * Counts provable misbehaviour (broken frames, messages that can only be forged) and bans peers, then hosts, then prefixes; a proven lie
 * (wrong bytes of a blob) bans at once.
 * Being slow, absent or too fast is no strike, else a partition would ban everybody. Lives in memory: a restart forgives.
 */
export class Bans {
  readonly #strikes = new Map<string, readonly number[]>()
  readonly #bans = new Map<string, { readonly untilMs: number; readonly count: number }>()
  readonly #offenders = new Map<string, ReadonlySet<string>>()

  /** Whether a peer id, a host or a prefix is banned now. */
  covers(key: string, nowMs: number): boolean {
    return (this.#bans.get(key)?.untilMs ?? 0) > nowMs
  }

  /** Whether a host or its prefix is banned now. */
  coversHost(host: string, nowMs: number): boolean {
    return this.covers(host, nowMs) || this.covers(prefixOfHost(host), nowMs)
  }

  /** Counts one strike against a peer; true when that bans it. */
  strike(peer: string, host: string | undefined, nowMs: number): boolean {
    const recent = (this.#strikes.get(peer) ?? []).filter((atMs) => nowMs - atMs < STRIKE_WINDOW_MS)
    if (recent.length + 1 < STRIKES) {
      remember(this.#strikes, peer, [...recent, nowMs])
      return false
    }
    return this.ban(peer, host, nowMs)
  }

  /** Bans a peer at once; false when it is banned already. */
  ban(peer: string, host: string | undefined, nowMs: number): boolean {
    this.#strikes.delete(peer)
    if (this.covers(peer, nowMs)) return false
    this.#ban(peer, PEER_BAN, nowMs)
    // Loopback is shared by every local node of a user; banning it would punish all of them for one.
    if (host !== undefined && scopeOfHost(host) !== 'loopback') this.#escalate(host, peer, nowMs)
    return true
  }

  #ban(key: string, span: BanSpan, nowMs: number): void {
    const count = this.#bans.get(key)?.count ?? 0
    remember(this.#bans, key, { untilMs: nowMs + banMs(span, count), count: count + 1 })
  }

  #escalate(host: string, peer: string, nowMs: number): void {
    if (!this.#countsUp(host, peer, PEERS_PER_HOST)) return
    this.#ban(host, HOST_BAN, nowMs)
    const prefix = prefixOfHost(host)
    if (this.#countsUp(prefix, host, HOSTS_PER_PREFIX)) this.#ban(prefix, HOST_BAN, nowMs)
  }

  #countsUp(key: string, member: string, enough: number): boolean {
    const members = new Set(this.#offenders.get(key)).add(member)
    const isEnough = members.size >= enough
    if (isEnough) this.#offenders.delete(key)
    else remember(this.#offenders, key, members)
    return isEnough
  }
}
