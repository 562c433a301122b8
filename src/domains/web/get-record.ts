import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { isIPv6, type LookupFunction } from 'node:net'
import { LIMITS } from '#core'
import { registrableDomain } from '#domains'
import { codeOf, type NameAnswer } from './name-servers.ts'
import { isPublicAddress } from './public-address.ts'

/** What a web server has under a path, before anybody reads it. */
export type Fetched =
  | { readonly state: 'text'; readonly text: string }
  | { readonly state: 'absent' }
  | { readonly state: 'malformed' | 'unknown'; readonly why: string }

/** How web servers are reached. */
export interface WebOptions {
  readonly port: number
  /** PEM of the authorities that count instead of those that Node knows. */
  readonly ca?: string
  readonly allowPrivateAddresses: boolean
  addressesOf(host: string): Promise<NameAnswer>
}

const PATH = '/.well-known/ggen.json'
const HEADER_BYTES = 16 * 1024
/** Of those that say that something is wrong with the request, these say that another time it may be right. */
const LATER = new Set([408, 421, 425, 429])

const unknown = (why: string): Fetched => ({ state: 'unknown', why })
const ABSENT: Fetched = { state: 'absent' }

/**
 * Reads `https://DOMAIN/.well-known/ggen.json`. Follows at most `LIMITS.domainRedirects`, all over HTTPS and inside the domain; anything else that
 * an authenticated server answers than a text is `absent`, and a server that cannot be reached or authenticated is `unknown`.
 */
export const getRecord = async (domain: string, options: WebOptions, signal: AbortSignal): Promise<Fetched> => {
  let url = new URL(`https://${domain}${PATH}`)
  for (let hops = 0; hops <= LIMITS.domainRedirects; hops += 1) {
    const reply = await reach(url, options, signal)
    if ('state' in reply) return reply
    const location = redirectOf(reply)
    if (location === undefined) return read(reply)
    reply.destroy()
    const next = URL.parse(location, url.href)
    if (next === null || !isInside(next, domain)) return ABSENT
    url = next
  }
  return { state: 'malformed', why: 'it redirects too often' }
}

const isInside = (url: URL, domain: string): boolean =>
  url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '' && registrableDomain(url.hostname) === domain

const redirectOf = ({ statusCode = 0, headers }: IncomingMessage): string | undefined =>
  [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined

/** The head of the answer, or why there is none. The address that was judged is the one that is dialled: names are not asked again. */
const reach = async (url: URL, options: WebOptions, signal: AbortSignal): Promise<IncomingMessage | Fetched> => {
  if (signal.aborted) return unknown(`${url.hostname} does not answer in time`)
  const found = await options.addressesOf(url.hostname)
  if ('failed' in found) return unknown(`the name servers ${found.failed} for ${url.hostname}`)
  if (found.values.length === 0) return ABSENT
  const addresses = found.values.filter((address) => options.allowPrivateAddresses || isPublicAddress(address))
  if (addresses.length === 0) return unknown(`${url.hostname} has no address on the public network`)
  try {
    return await request(url, { ...options, addresses }, signal)
  } catch (error) {
    return unknown(signal.aborted ? `${url.hostname} does not answer in time` : `${url.hostname} cannot be reached over HTTPS: ${codeOf(error)}`)
  }
}

interface RequestOptions extends Pick<WebOptions, 'port' | 'ca'> {
  readonly addresses: readonly string[]
}

const request = (url: URL, { port, ca, addresses }: RequestOptions, signal: AbortSignal): Promise<IncomingMessage> => {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  const lookup: LookupFunction = (_host, _options, callback) => callback(null, found)
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'ggen' }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = get({
    host: url.hostname, servername: url.hostname, port, path: url.pathname + url.search, headers, lookup, signal,
    agent: false, maxHeaderSize: HEADER_BYTES, ...(ca !== undefined && { ca }),
  }, resolve)
  sent.on('error', reject)
  return promise
}

const read = async (reply: IncomingMessage): Promise<Fetched> => {
  const { statusCode = 0, headers } = reply
  if (statusCode !== 200) {
    reply.destroy()
    const isRefusal = statusCode >= 300 && statusCode < 500 && !LATER.has(statusCode)
    return isRefusal ? ABSENT : unknown(`the web server answers ${statusCode}`)
  }
  // Many sites answer every path with their first page.
  if (/^text\/html\b/i.test(headers['content-type'] ?? '')) {
    reply.destroy()
    return ABSENT
  }
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of reply as AsyncIterable<Buffer>) {
      size += part.length
      if (size > LIMITS.domainRecordBytes) return { state: 'malformed', why: `it has more than ${LIMITS.domainRecordBytes} bytes` }
      parts.push(part)
    }
  } catch (error) {
    return unknown(`the answer of the web server broke off: ${codeOf(error)}`)
  }
  return { state: 'text', text: Buffer.concat(parts).toString('utf8') }
}
