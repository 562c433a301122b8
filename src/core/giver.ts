import type { Brand } from './brand.ts'
import { isPeerId, type PeerId } from './peer-id.ts'

/** A registry that is no peer, by where it is: `https://registry.example`. */
export type RegistryId = Brand<string, 'RegistryId'>

/** Whoever gives bytes. */
export type Giver = PeerId | RegistryId

/** Of an address that was parsed. */
export const registryIdOf = (url: URL): RegistryId => url.href.replace(/\/+$/, '') as RegistryId

/** Whether whoever gives bytes is a peer. No address of a registry looks like one. */
export const isPeer = (giver: Giver): giver is PeerId => isPeerId(giver)
