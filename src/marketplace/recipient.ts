import { GgenError, type OneRegistry, type PackageName, type RegistryId } from '#core'
import type { Lease, Upstream } from '#registry'
import { noCentral, type Registries } from './registries.ts'

/** A registry that is handed what is published here. */
export interface Recipient {
  readonly id: RegistryId
  readonly hasToken: boolean
  /** What it does not take at once waits for it; else it is tried once. */
  readonly isPatient: boolean
  /** It is known by its address alone. */
  readonly isNamed: boolean
  /** Whether it may know of a name. */
  readonly mayHear: (name: PackageName) => boolean
  /** Opens it for as long as it is needed. Throws `too-busy`. */
  readonly open: () => Promise<Lease>
}

/** Who is handed a record, by who alone is told of it; nobody where peers alone are, or there is no such registry. */
export const recipientOf = (registries: Registries | undefined, tells: OneRegistry | undefined): Recipient | undefined => {
  if (registries === undefined || tells === 'p2p') return undefined
  const { central, spare, named, namedTokens, hasToken = false, isPrivateName } = registries
  const isMeant = ({ id }: Upstream): boolean => typeof tells !== 'object' || id === tells.url
  const configured = (upstream: Upstream, isPatient: boolean): Recipient => ({
    id: upstream.id, hasToken, isPatient, isNamed: false,
    mayHear: (name) => upstream.isPrivate || !isPrivateName(name),
    open: async () => ({ upstream, [Symbol.dispose]: () => undefined }),
  })
  // An index of somebody else takes nothing.
  if (central?.isForeign === false && isMeant(central)) return configured(central, true)
  if (spare?.isForeign === false && tells !== undefined && isMeant(spare)) return configured(spare, false)
  if (typeof tells !== 'object' || named === undefined) return undefined
  const { url: id } = tells
  return {
    id, hasToken: namedTokens?.has(id) === true, isPatient: false, isNamed: true, mayHear: (name) => !isPrivateName(name), open: () => named.lease(id),
  }
}

/** Throws `token-missing`, and `denied` where the registry must not hear of a name. */
export const assertMayHand = ({ hasToken, isNamed, mayHear }: Recipient, name: PackageName | undefined): void => {
  if (!hasToken) {
    const place = isNamed ? 'put it into config.toml under [registry.tokens]' : 'set GGEN_REGISTRY_TOKEN to it'
    throw new GgenError('token-missing', 'no token for it is configured', {
      hint: `its operator makes one for you; ${place}, start the node again, and publish the same once more`,
    })
  }
  if (name === undefined || mayHear(name)) return
  throw new GgenError('denied', `${name} is a private name, and this registry is not private`, {
    hint: 'set registry.central_private where only those may ask it who may know the name',
  })
}

/** Before anything is signed: throws `usage`, and what `assertMayHand` throws, where who alone is to be told cannot be. */
export const assertMayTell = (registries: Registries | undefined, tells: OneRegistry | undefined, name: PackageName): void => {
  if (tells === undefined || tells === 'p2p') return
  const recipient = recipientOf(registries, tells)
  if (recipient === undefined) throw noCentral()
  assertMayHand(recipient, name)
}
