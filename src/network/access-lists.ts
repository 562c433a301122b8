import {
  type AccessRecords, type AllowedPeer, type Ban, type BanSubject, type Clock, GgenError, LIMITS, type Multiaddr, type PeerId, peerOfMultiaddr,
} from '#core'
import { Bans, type Decree, type Moment, type Offender } from './bans.ts'
import type { BanInForce, PeerAccess } from './network.ts'

/** What the lists need. */
export interface AccessContext {
  readonly self: PeerId
  readonly clock: Clock
  readonly records: AccessRecords
  /** Addresses that the user named: who is met there is never banned by the node itself. */
  readonly named: readonly Multiaddr[]
  /** The last of so many strikes is a ban; absent: `LIMITS.strikes`. */
  readonly strikes?: number
  /** A ban of the node itself holds, but could not be kept. */
  readonly onFailure: (error: unknown) => void
}

/** Who may come and be asked: bans of the node and of the user, peers that are always welcome, and the memory of all that. */
export class AccessLists {
  readonly #context: AccessContext
  readonly #bans: Bans
  readonly #allowed = new Map<PeerId, AllowedPeer>()
  /** By the address that the user named. */
  readonly #named = new Map<Multiaddr, PeerId>()

  /** Takes up what was kept. Throws what the records throw. */
  constructor(context: AccessContext) {
    const { records, named, strikes } = context
    this.#context = context
    this.#bans = new Bans(strikes)
    for (const allowed of records.allowedPeers()) this.#allowed.set(allowed.peer, allowed)
    for (const ban of this.#bans.resume(records.bans(), this.#now())) records.putBan(ban)
    for (const address of named) this.name(address, peerOfMultiaddr(address))
  }

  /** Who was met at an address that the user named. */
  name(address: Multiaddr, peer: PeerId | undefined): void {
    if (peer !== undefined) this.#named.set(address, peer)
  }

  isAllowed(peer: PeerId): boolean {
    return this.#allowed.has(peer)
  }

  /** Whether anybody is on the allow list. */
  get allowsAnybody(): boolean {
    return this.#allowed.size > 0
  }

  isBanned(peer: PeerId): boolean {
    if (this.isAllowed(peer)) return false
    const ban = this.#bans.of(peer, this.#now().monotonicMs)
    return ban !== undefined && (ban.by === 'user' || !this.#isExempt(peer))
  }

  isBannedHost(host: string): boolean {
    return this.#bans.ofHost(host, this.#now().monotonicMs) !== undefined
  }

  /** Whether neither the peer nor the host where it is is banned. */
  admits(peer: PeerId, host?: string): boolean {
    if (this.isAllowed(peer)) return true
    if (this.isBanned(peer)) return false
    const ban = host === undefined ? undefined : this.#bans.ofHost(host, this.#now().monotonicMs)
    return ban === undefined || (ban.by === 'node' && this.#isExempt(peer))
  }

  /** Counts provable misbehaviour; returns the bans that come of it. */
  strike(offender: Offender, reason: string): readonly Ban[] {
    return this.#isExempt(offender.peer) ? [] : this.#keep(this.#bans.strike(offender, reason, this.#now()))
  }

  /** Bans a peer that was caught lying; returns the bans that come of it. */
  convict(offender: Offender, reason: string): readonly Ban[] {
    return this.#isExempt(offender.peer) ? [] : this.#keep(this.#bans.ban(offender, reason, this.#now()))
  }

  /** `PeerAccess.ban`, without the cut. */
  decree(subject: BanSubject, decree: Decree): Ban {
    const { self, records } = this.#context
    if (subject === self) throw new GgenError('denied', 'a node cannot ban itself')
    const now = this.#now()
    const ban = this.#bans.decree(subject, decree, now)
    records.putBan(ban)
    this.#bans.enforce(ban, now)
    if (this.#allowed.delete(subject as PeerId)) records.removeAllowedPeer(subject as PeerId)
    return ban
  }

  unban(subject: BanSubject): void {
    this.#context.records.removeBan(subject)
    if (!this.#bans.lift(subject, this.#now().monotonicMs)) throw new GgenError('not-listed', `${subject} is not banned`)
  }

  allow(peer: PeerId): AllowedPeer {
    const { clock, records } = this.#context
    const known = this.#allowed.get(peer)
    if (known !== undefined) return known
    if (this.#allowed.size >= LIMITS.allowedPeers) throw new GgenError('too-busy', `${LIMITS.allowedPeers} peers are on the allow list already`)
    const allowed = { peer, since: clock.now() }
    records.putAllowedPeer(allowed)
    this.#allowed.set(peer, allowed)
    records.removeBan(peer)
    this.#bans.lift(peer, this.#now().monotonicMs)
    return allowed
  }

  disallow(peer: PeerId): void {
    this.#context.records.removeAllowedPeer(peer)
    if (!this.#allowed.delete(peer)) throw new GgenError('not-listed', `${peer} is not on the allow list`)
  }

  bans(): readonly BanInForce[] {
    return this.#bans.list(this.#now().monotonicMs)
  }

  allowed(): readonly AllowedPeer[] {
    return [...this.#allowed.values()]
  }

  /** Whom the node itself never bans. */
  #isExempt(peer: PeerId): boolean {
    return peer === this.#context.self || this.isAllowed(peer) || this.#named.values().some((named) => named === peer)
  }

  #keep(bans: readonly Ban[]): readonly Ban[] {
    try {
      for (const ban of bans) this.#context.records.putBan(ban)
    } catch (error) {
      this.#context.onFailure(error)
    }
    return bans
  }

  #now(): Moment {
    const { clock } = this.#context
    return { wallMs: clock.now(), monotonicMs: clock.monotonic() }
  }
}

/** The lists as users see them; `cut` ends the connections to whom a new ban covers. */
export const peerAccess = (lists: AccessLists, cut: (subject: BanSubject, reason: string) => void): PeerAccess => ({
  ban: (subject, decree) => {
    const ban = lists.decree(subject, decree)
    cut(subject, decree.reason)
    return ban
  },
  unban: (subject) => lists.unban(subject),
  allow: (peer) => lists.allow(peer),
  disallow: (peer) => lists.disallow(peer),
  bans: () => lists.bans(),
  allowed: () => lists.allowed(),
})
