import { scopeOfAddress, type Scope, withoutPeer } from './address-scope.ts'

/**
 * Who named an address: the user (configuration, command line), the local network (mDNS), a peer that is connected from nearby (this machine or a private
 * network), or some other peer.
 */
export type Source = 'user' | 'lan' | 'near' | 'peer'

/** How far away the farthest is that this node ever met: on this machine, in its private networks, or anywhere. */
export type Horizon = 'machine' | 'lan' | 'world'

const LAN_SCOPES: ReadonlySet<Scope> = new Set(['loopback', 'link-local', 'private', 'public'])

/**
 * Whether an address may be dialled. A peer must not make this node connect to services of its own machine, of its local network, or to the metadata
 * service of its cloud, and a host name can resolve to those: only the user may name them. Private addresses count from those who are in a private
 * network themselves, and for as long as everybody who was met is in one; loopback ones for as long as everybody is on this machine: nobody else
 * can have named them then.
 */
export const mayDial = (scope: Scope, source: Source, horizon: Horizon): boolean => {
  if (source === 'user') return true
  if (source === 'lan') return LAN_SCOPES.has(scope)
  if (scope === 'private') return source === 'near' || horizon !== 'world'
  return scope === 'public' || (scope === 'loopback' && horizon === 'machine')
}

const REMEMBERED_ADDRESSES = 1000
const RANK: Readonly<Record<Source, number>> = { user: 3, lan: 2, near: 1, peer: 0 }
const NEAR_SCOPES: ReadonlySet<Scope> = new Set(['loopback', 'link-local', 'private'])

/** Remembers who named which address, and how far away the farthest is that was ever met. */
export class DialRules {
  readonly #sources = new Map<string, Source>()
  #horizon: Horizon = 'machine'

  /** `source` vouches for an address until many others were named after it; a stronger word is not replaced by weaker ones. */
  name(address: string, source: Exclude<Source, 'peer'>): void {
    const key = withoutPeer(address)
    const before = this.#sources.get(key)
    if (before === 'user' || (before !== undefined && RANK[before] > RANK[source])) return
    this.#sources.delete(key)
    this.#sources.set(key, source)
    if (this.#sources.size <= REMEMBERED_ADDRESSES) return
    for (const [oldest, its] of this.#sources) {
      if (its === 'user' && source !== 'user') continue
      this.#sources.delete(oldest)
      return
    }
  }

  /** An own address or the remote end of a connection: with every step outwards, peers may name less. */
  meet(address: string): void {
    const scope = scopeOfAddress(address)
    if (scope === 'loopback' || this.#horizon === 'world') return
    this.#horizon = NEAR_SCOPES.has(scope) ? 'lan' : 'world'
  }

  /**
   * Takes addresses that a peer named, its own or those of others; `from` is the remote end of the connection to it. Returns those that may be dialled, and
   * remembered as somebody's.
   */
  hear<Address extends { toString(): string }>(from: string | undefined, addresses: readonly Address[]): Address[] {
    if (from !== undefined && NEAR_SCOPES.has(scopeOfAddress(from))) {
      for (const address of addresses) {
        if (scopeOfAddress(address.toString()) === 'private') this.name(address.toString(), 'near')
      }
    }
    return addresses.filter((address) => this.allows(address.toString()))
  }

  /** Whether the user named this address. */
  isFromUser(address: string): boolean {
    return this.#sources.get(withoutPeer(address)) === 'user'
  }

  /** Whether this address may be dialled, or remembered as somebody's. */
  allows(address: string): boolean {
    return mayDial(scopeOfAddress(address), this.#sources.get(withoutPeer(address)) ?? 'peer', this.#horizon)
  }
}
