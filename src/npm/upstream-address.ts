import { type Brand, GgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

/** Where a registry is that npm packages come from: `http(s)://…/`, with a slash at its end, without user, password, query and fragment. */
export type UpstreamAddress = Brand<string, 'UpstreamAddress'>

/** Reads the address of a registry as npm's configuration has it; `from` names where it stands. Throws `config-invalid`, which never shows a password. */
export const parseUpstreamAddress = (text: string, from: string): UpstreamAddress => {
  const url = text.length <= NPM_TEXT_LIMITS.addressChars ? URL.parse(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new GgenError('config-invalid', `${from}: the address of a registry begins with https:// or http://`, { hint: 'correct the registry in .npmrc' })
  }
  if (url.username !== '' || url.password !== '') {
    const hint = `write them apart: //${url.host}${url.pathname}:_authToken=… or :username and :_password`
    throw new GgenError('config-invalid', `${from}: the address of a registry has no user and no password in it`, { hint })
  }
  url.hash = ''
  url.search = ''
  url.pathname = url.pathname.replace(/\/*$/, '/')
  return url.href as UpstreamAddress
}

/** Whether a host name means this machine, and no other one. Takes what `URL.hostname` has. */
export const isLoopback = (hostname: string): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

const placeOf = ({ protocol, hostname, port, pathname }: URL): string =>
  `${protocol}//${isLoopback(hostname) ? 'loopback' : hostname}:${port}${pathname.replace(/\/*$/, '/')}`

/** Whether an address is that of one of these doors, however it calls this machine. What is no address is none of them. */
export const isOneOf = (address: string, doors: readonly string[]): boolean => {
  const url = URL.parse(address)
  return url !== null && doors.some((door) => placeOf(new URL(door)) === placeOf(url))
}
