import { LIMITS, type Multiaddr } from '#core'
import { scopeOfAddress, type Scope, withoutPeer } from './address-scope.ts'
import { toMultiaddr } from './peer-table.ts'

/** Those that reach farthest first: of many, the near ones are left out. */
const REACH: Readonly<Partial<Record<Scope, number>>> = { public: 0, private: 1, 'link-local': 2, loopback: 3 }

/** The addresses under which a node puts itself into a rendezvous: a few, and without its id. */
export const ownAddresses = (all: readonly { toString(): string }[]): readonly Multiaddr[] =>
  all
    .flatMap((address) => toMultiaddr(withoutPeer(address.toString())) ?? [])
    .filter((address) => address.length <= LIMITS.rendezvousAddressChars && REACH[scopeOfAddress(address)] !== undefined)
    .sort((a, b) => (REACH[scopeOfAddress(a)] ?? 0) - (REACH[scopeOfAddress(b)] ?? 0))
    .slice(0, LIMITS.rendezvousAddresses)
