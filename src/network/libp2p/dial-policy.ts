import { scopeOfAddress, type Scope, withoutPeer } from './address-scope.ts'

/** Who named an address: the user (configuration, command line), the local network (mDNS), or some peer. */
export type Source = 'user' | 'lan' | 'peer'

const LAN_SCOPES: ReadonlySet<Scope> = new Set(['loopback', 'link-local', 'private', 'public'])
const PEER_SCOPES: ReadonlySet<Scope> = new Set(['private', 'public'])

/**
 * Whether an address may be dialled. A peer must not make this node connect to services of its own machine or to the metadata service of its
 * cloud, and a host name can resolve to those: only the user may name them. Private addresses are allowed, networks of offices are made of them.
 * `metOnlyLoopback`: everybody this node ever met is on this machine, so nobody else can have named a loopback address.
 */
export const mayDial = (scope: Scope, source: Source, metOnlyLoopback: boolean): boolean => {
  if (source === 'user') return true
  if (source === 'lan') return LAN_SCOPES.has(scope)
  return PEER_SCOPES.has(scope) || (scope === 'loopback' && metOnlyLoopback)
}

const REMEMBERED_ADDRESSES = 1000

/** Remembers who named which address, and whether anybody beyond this machine was ever met. */
export class DialRules {
  readonly #sources = new Map<string, Source>()
  #metOnlyLoopback = true

  /** `source` vouches for an address until many others were named after it; a user's word is not replaced by weaker ones. */
  name(address: string, source: 'user' | 'lan'): void {
    const key = withoutPeer(address)
    if (this.#sources.get(key) === 'user') return
    this.#sources.delete(key)
    this.#sources.set(key, source)
    if (this.#sources.size <= REMEMBERED_ADDRESSES) return
    for (const [oldest, its] of this.#sources) {
      if (its === 'user' && source !== 'user') continue
      this.#sources.delete(oldest)
      return
    }
  }

  /** An own address or the remote end of a connection: from the first one beyond loopback on, peers may no longer name loopback. */
  meet(address: string): void {
    if (scopeOfAddress(address) !== 'loopback') this.#metOnlyLoopback = false
  }

  /** Whether this address may be dialled, or remembered as somebody's. */
  allows(address: string): boolean {
    return mayDial(scopeOfAddress(address), this.#sources.get(withoutPeer(address)) ?? 'peer', this.#metOnlyLoopback)
  }
}
