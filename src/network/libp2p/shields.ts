import { type PeerId, peerDiscoverySymbol, type PeerStore, type Stream } from '@libp2p/interface'
import type { KadDHTComponents } from '@libp2p/kad-dht'
import { callerOf } from './caller.ts'
import { PEER_STORE } from './settings.ts'
import type { Caller } from './token-bucket.ts'

type Registrar = KadDHTComponents['registrar']
type PeerData = Parameters<PeerStore['merge']>[1]

/** The same object with some members replaced; the rest stays bound to the original, which may have private fields. */
export const overriding = <Target extends object>(target: Target, overrides: Partial<Target>): Target =>
  new Proxy(target, {
    get: (real, key): unknown => {
      if (Object.hasOwn(overrides, key)) return Reflect.get(overrides, key)
      const value: unknown = Reflect.get(real, key, real)
      return typeof value === 'function' ? value.bind(real) : value
    },
  })

/** How the library makes a part of a node out of the others. */
export type Factory<Components, Part> = (components: Components) => Part

/** A service of the library that gets some of its components replaced: the way to bound what the library leaves unbounded. */
export const shielded =
  <Components extends object, Part>(factory: Factory<Components, Part>, shields: (real: Components) => Partial<Components>): Factory<Components, Part> =>
  (components) => {
    const replaced = shields(components)
    const get = (real: Components, key: PropertyKey): unknown => Reflect.get(Object.hasOwn(replaced, key) ? replaced : real, key)
    return factory(new Proxy(components, { get }))
  }

/** A service whose finds are not put into the address book by the library, which would keep any number of addresses. */
export const withoutDiscovery = <Part extends object>(part: Part): Part =>
  overriding<Part>(part, { [peerDiscoverySymbol]: undefined } as unknown as Partial<Part>)

/** What one peer may do to a protocol of the library. */
export interface StreamLimits {
  readonly mayOpen: (caller: Caller) => boolean
  /** All bytes on one stream; only for protocols that start to read at once. */
  readonly bytes?: number
}

const limitBytes = (stream: Stream, bytes: number): void => {
  let received = 0
  stream.addEventListener('message', ({ data }) => {
    received += data.byteLength
    if (received > bytes) stream.abort(new RangeError(`more than ${bytes} bytes on one stream`))
  })
}

/** A registrar whose inbound streams are refused beyond the limits. The library's own middleware runs handlers several times per stream. */
export const limitStreams = (registrar: Registrar, limits: StreamLimits): Registrar =>
  overriding(registrar, {
    handle: (protocol, handler, options) =>
      registrar.handle(
        protocol,
        async (stream, connection) => {
          if (!limits.mayOpen(callerOf(connection))) {
            stream.abort(new RangeError('too many streams'))
            return
          }
          if (limits.bytes !== undefined) limitBytes(stream, limits.bytes)
          await handler(stream, connection)
        },
        options,
      ),
  })

const isShort = (multiaddr: { readonly bytes: Uint8Array }): boolean => multiaddr.bytes.length <= PEER_STORE.addressBytes

const trimmed = (data: PeerData, room: number): PeerData => {
  const multiaddrs = data.multiaddrs?.filter(isShort).slice(0, room)
  const addresses = data.addresses?.filter(({ multiaddr }) => isShort(multiaddr)).slice(0, Math.max(0, room - (multiaddrs?.length ?? 0)))
  return { ...data, ...(multiaddrs === undefined ? {} : { multiaddrs }), ...(addresses === undefined ? {} : { addresses }) }
}

/** An address book that keeps a few short addresses per peer: others may name thousands, and every lookup would carry them on. */
export const capAddresses = (peerStore: PeerStore): PeerStore => {
  const roomOf = async (id: PeerId): Promise<number> => {
    if (!(await peerStore.has(id))) return PEER_STORE.addressesPerPeer
    return Math.max(0, PEER_STORE.addressesPerPeer - (await peerStore.get(id)).addresses.length)
  }
  return overriding(peerStore, {
    merge: async (id, data, options) => peerStore.merge(id, trimmed(data, data.multiaddrs ?? data.addresses ? await roomOf(id) : 0), options),
    patch: (id, data, options) => peerStore.patch(id, trimmed(data, PEER_STORE.addressesPerPeer), options),
    save: (id, data, options) => peerStore.save(id, trimmed(data, PEER_STORE.addressesPerPeer), options),
  })
}
