import { GgenError } from '#core'
import { FOREIGN_LIMITS } from './foreign-limits.ts'

const INDEX_FILE = /\.(?:json|toml)$/i
/** Where the known registries have their index below what they call their address. */
const BELOW = ['index.json', 'registry/index.json', 'marketplace/registry/index.json'] as const

/** An address that a user typed: of the web, `file:`, or a path, which `toFileUrl` reads. Throws `usage`. */
export const parseSourceAddress = (text: string, toFileUrl: (path: string) => URL): URL => {
  if (text === '' || text.length > FOREIGN_LIMITS.addressChars) throw notAnAddress(text)
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) return toFileUrl(text)
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol)) throw notAnAddress(text)
  if (url.username !== '' || url.password !== '') {
    throw new GgenError('usage', 'the address of a registry must not hold a password: addresses are shown and published')
  }
  url.hash = ''
  return url
}

const notAnAddress = (text: string): GgenError =>
  new GgenError('usage', `not the address of a registry: ${JSON.stringify(text.slice(0, 100))}`, { hint: 'give https://…, file://… or the path of a folder' })

/** Whether an address is that of an index itself, rather than of what has one. */
export const isIndexFile = (url: URL): boolean => INDEX_FILE.test(url.pathname)

/** Where the index of an address may be, in the order in which it is looked for. */
export const indexPlaces = (address: URL): readonly URL[] => {
  if (isIndexFile(address)) return [address]
  const folder = new URL(address)
  if (!folder.pathname.endsWith('/')) folder.pathname += '/'
  return BELOW.map((path) => {
    const place = new URL(path, folder)
    place.search = folder.search
    return place
  })
}

/** What an address and that of its index have in common: the same for both, without index.json, query and fragment. */
export const homeOf = (address: URL): string => {
  const home = new URL(address)
  home.hash = ''
  home.search = ''
  if (isIndexFile(home)) home.pathname = home.pathname.replace(/index\.json$/, '')
  else if (!home.pathname.endsWith('/')) home.pathname += '/'
  return home.href
}
