import { InvalidArgumentError } from 'commander'
import type { ListenPlace } from '#doors/central'

const PLACE = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([^:[\]\s]{1,253})):(\d{1,5})$/
const LAST_PORT = 65_535

/** Reads `HOST:PORT` or `[IPV6]:PORT` for commander. */
export const readPlace = (text: string): ListenPlace => {
  const [, six, host = six, port] = PLACE.exec(text) ?? []
  if (host === undefined || Number(port) > LAST_PORT) throw new InvalidArgumentError('Give HOST:PORT, such as 127.0.0.1:4080, 0.0.0.0:4080 or [::]:4080.')
  return { host, port: Number(port) }
}

/** Reads the address under which others reach a registry for commander, without a slash at its end. */
export const readUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
  if (!isPlain) throw new InvalidArgumentError('Give an address such as https://registry.example.')
  return url.href.replace(/\/+$/, '')
}
