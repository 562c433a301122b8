import { type Ban, type BanSubject, GgenError, LIMITS, type PeerId, prefixOfHost } from '#core'

/** How long the first ban of a kind lasts, and the longest; every further one lasts twice as long. */
export interface BanSpan {
  readonly firstMs: number
  readonly maxMs: number
}

const PEER_BAN: BanSpan = { firstMs: LIMITS.peerBanFirstMs, maxMs: LIMITS.peerBanMaxMs }
const HOST_BAN: BanSpan = { firstMs: LIMITS.hostBanFirstMs, maxMs: LIMITS.hostBanMaxMs }

/** How long the ban after `earlier` former ones lasts. */
export const banMs = ({ firstMs, maxMs }: BanSpan, earlier: number): number => Math.min(maxMs, firstMs * 2 ** Math.min(earlier, 32))

/** Now, by both clocks: the wall's outlives the process and may jump, the other one does neither. Milliseconds. */
export interface Moment {
  readonly wallMs: number
  readonly monotonicMs: number
}

/** Who did something wrong. */
export interface Offender {
  readonly peer: PeerId
  /** Where it came from, in its one spelling; absent where many share that, as all nodes of this machine do. */
  readonly host?: string | undefined
}

/** How a ban begins that is not for ever. */
interface Sentence {
  readonly reason: string
  readonly span: BanSpan
}

/** What a user says of a ban. */
export interface Decree {
  readonly reason: string
  /** Absent: until it is lifted. */
  readonly forMs?: number
}

interface Standing {
  readonly ban: Ban
  /** By the monotonic clock; `Infinity`: until it is lifted. */
  readonly untilMs: number
}

const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= LIMITS.strikePeers) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/**
 * Counts provable misbehaviour (broken frames, messages that can only be forged) and bans peers, then hosts, then prefixes; a proven lie
 * (wrong bytes of a blob) bans at once. Being slow, absent or too fast is no strike, else a partition would ban everybody.
 * While the node runs, only the monotonic clock counts; between two runs the wall clock says how much of a ban is over. If that jumped ahead, a
 * ban ends early; if it fell back, a ban lasts its whole span once more and no longer.
 */
export class Bans {
  readonly #strikes = new Map<PeerId, readonly number[]>()
  readonly #bans = new Map<string, Standing>()
  readonly #offenders = new Map<string, ReadonlySet<string>>()
  readonly #mostStrikes: number

  /** The last of so many strikes is a ban. */
  constructor(mostStrikes: number = LIMITS.strikes) {
    this.#mostStrikes = mostStrikes
  }

  /** Takes up the bans of a former run. Returns those that are to be kept in another form, because the clock has fallen back since. */
  resume(kept: readonly Ban[], now: Moment): readonly Ban[] {
    const corrected: Ban[] = []
    for (const former of kept) {
      const ban = former.since > now.wallMs ? { ...former, since: now.wallMs } : former
      if (ban !== former) corrected.push(ban)
      this.enforce(ban, now)
    }
    return corrected
  }

  /** From now on the ban holds for what is left of it, in place of any other of the same subject. */
  enforce(ban: Ban, { wallMs, monotonicMs }: Moment): void {
    this.#place({ ban, untilMs: ban.forMs === undefined ? Infinity : monotonicMs + ban.forMs - (wallMs - ban.since) })
  }

  /** The ban of a peer, host or prefix that holds now. */
  of(key: string, nowMs: number): Ban | undefined {
    const standing = this.#bans.get(key)
    return standing !== undefined && standing.untilMs > nowMs ? standing.ban : undefined
  }

  /** The ban of a host or of its prefix that holds now; one that the user made before another. */
  ofHost(host: string, nowMs: number): Ban | undefined {
    const [exact, wide] = [this.of(host, nowMs), this.of(prefixOfHost(host), nowMs)]
    return wide?.by === 'user' ? wide : (exact ?? wide)
  }

  /** All that hold now, with what is left of them; the newest last. */
  list(nowMs: number): readonly (Ban & { readonly remainingMs?: number })[] {
    return [...this.#bans.values()].flatMap(({ ban, untilMs }) => {
      if (untilMs <= nowMs) return []
      return [untilMs === Infinity ? ban : { ...ban, remainingMs: Math.ceil(untilMs - nowMs) }]
    })
  }

  /** Counts one strike; returns the bans that come of it, of the peer first. */
  strike(offender: Offender, reason: string, now: Moment): readonly Ban[] {
    const { peer } = offender
    const recent = (this.#strikes.get(peer) ?? []).filter((atMs) => now.monotonicMs - atMs < LIMITS.strikeWindowMs)
    if (recent.length + 1 < this.#mostStrikes) {
      remember(this.#strikes, peer, [...recent, now.monotonicMs])
      return []
    }
    return this.ban(offender, reason, now)
  }

  /** Bans a peer at once, and its host or prefix when it was one too many there; nothing comes of it when it is banned already. */
  ban({ peer, host }: Offender, reason: string, now: Moment): readonly Ban[] {
    this.#strikes.delete(peer)
    if (this.of(peer, now.monotonicMs) !== undefined) return []
    const bans = [this.#sentence(peer, { reason, span: PEER_BAN }, now)]
    if (host === undefined || !this.#countsUp(host, peer, LIMITS.bannedPeersPerHost)) return bans
    bans.push(...this.#extend(host as BanSubject, 'banned peers came from there', now))
    const prefix = prefixOfHost(host) as BanSubject
    if (this.#countsUp(prefix, host, LIMITS.bannedHostsPerPrefix)) bans.push(...this.#extend(prefix, 'banned hosts are around there', now))
    return bans
  }

  /** Draws up a ban that the user wants, which does not hold before it is enforced. Throws `too-busy` above `LIMITS.userBans`. */
  decree(subject: BanSubject, { reason, forMs }: Decree, { wallMs, monotonicMs }: Moment): Ban {
    const others = [...this.#bans.values()].filter(({ ban, untilMs }) => ban.by === 'user' && ban.subject !== subject && untilMs > monotonicMs)
    if (others.length >= LIMITS.userBans) {
      throw new GgenError('too-busy', `${LIMITS.userBans} bans are in force already`, { hint: 'lift some: ggen p2p unban PEER' })
    }
    const count = this.#bans.get(subject)?.ban.count ?? 0
    return { subject, reason, by: 'user', since: wallMs, ...(forMs !== undefined && { forMs }), count }
  }

  /** Ends a ban and forgets it; false when it does not hold. */
  lift(subject: BanSubject, nowMs: number): boolean {
    const holds = this.of(subject, nowMs) !== undefined
    this.#bans.delete(subject)
    return holds
  }

  /** Bans a host or prefix, unless the user did. */
  #extend(subject: BanSubject, reason: string, now: Moment): readonly Ban[] {
    return this.of(subject, now.monotonicMs)?.by === 'user' ? [] : [this.#sentence(subject, { reason, span: HOST_BAN }, now)]
  }

  #sentence(subject: BanSubject, { reason, span }: Sentence, now: Moment): Ban {
    const former = this.#bans.get(subject)
    const isRemembered = former !== undefined && now.monotonicMs - former.untilMs < LIMITS.banMemoryMs
    const earlier = isRemembered ? former.ban.count : 0
    const forMs = banMs(span, earlier)
    const ban: Ban = { subject, reason, by: 'node', since: now.wallMs, forMs, count: earlier + 1 }
    this.enforce(ban, now)
    return ban
  }

  /** Above the limit the oldest that the user did not make is forgotten. */
  #place(standing: Standing): void {
    this.#bans.delete(standing.ban.subject)
    this.#bans.set(standing.ban.subject, standing)
    if (this.#bans.size <= LIMITS.bans) return
    for (const [subject, { ban }] of this.#bans) {
      if (ban.by === 'user') continue
      this.#bans.delete(subject)
      return
    }
  }

  #countsUp(key: string, member: string, enough: number): boolean {
    const members = new Set(this.#offenders.get(key)).add(member)
    const isEnough = members.size >= enough
    if (isEnough) this.#offenders.delete(key)
    else remember(this.#offenders, key, members)
    return isEnough
  }
}
