import { GgenError } from './errors.ts'
import { type RegistryId, registryIdOf } from './giver.ts'

/** Peers alone, the central registry alone, or the registry at an address alone. */
export type OneRegistry = 'p2p' | 'central' | { readonly url: RegistryId }

/**
 * Whom one question is asked of, instead of those that the operator of the node chose: one of them alone, or both the central registry and peers in this
 * order.
 */
export type AskedRegistries = OneRegistry | { readonly prefer: 'central-first' | 'p2p-first' }

const URL_CHARS = 2048

/** Reads where a registry is on the web, or in a folder. Throws `usage`; the error never shows a password. */
export const parseRegistryAddress = (text: string): RegistryId => {
  const url = text.length <= URL_CHARS ? URL.parse(text) : null
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw new GgenError('usage', 'the address of a registry begins with https://, http:// or file://')
  }
  if (url.username !== '' || url.password !== '') throw new GgenError('usage', 'the address of a registry has no user and no password in it')
  url.hash = ''
  url.search = ''
  url.pathname = url.pathname.replace(/(?:\/+index\.json)*\/*$/, '/')
  return registryIdOf(url)
}

/** The same of one that takes what is published: a server. Throws `usage`. */
export const parseServerAddress = (text: string): RegistryId => {
  const id = parseRegistryAddress(text)
  if (!id.startsWith('file:')) return id
  throw new GgenError('usage', 'a registry that takes what is published is a server: its address begins with https:// or http://')
}
