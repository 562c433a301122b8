import type { IncomingMessage } from 'node:http'
import { GgenError } from '#core'
import { ownHosts } from '#doors/http'

const GUARDED = ['host', 'origin', 'sec-fetch-site', 'authorization', 'content-type'] as const
/** What a program says of itself, or what a person typed. */
const OWN_SITES: readonly string[] = ['same-origin', 'none']

/**
 * Why a request may not come in; `undefined`: it may. Whatever name was bound to the address of this machine, only its own ones count, and a page of a browser
 * may neither read nor change anything: clients of npm send no `Origin`. Pure.
 */
export const refusalOf = (
  { method = '', headersDistinct: headers }: Pick<IncomingMessage, 'method' | 'headersDistinct'>, port: number,
): GgenError | undefined => {
  const first = (name: string): string | undefined => headers[name]?.[0]
  const repeated = GUARDED.find((name) => (headers[name]?.length ?? 0) > 1)
  if (repeated !== undefined) return new GgenError('usage', `the header ${repeated} is there more than once`)
  if (!ownHosts(port).includes(first('host')?.toLowerCase() ?? '')) return new GgenError('misdirected', 'this is not the host that was asked for')
  const [origin, site] = [first('origin'), first('sec-fetch-site')]
  if (origin !== undefined || (site !== undefined && !OWN_SITES.includes(site))) return new GgenError('denied', 'pages may not ask a node')
  const changes = !['GET', 'HEAD'].includes(method)
  if (changes && site !== undefined) return new GgenError('denied', 'a browser may not change anything here')
  const type = first('content-type')
  if (changes && method !== 'DELETE' && type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type)) {
    return new GgenError('usage', 'send JSON: content-type application/json')
  }
  return undefined
}
