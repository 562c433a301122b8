import { GgenError } from '#core'
import { isSameSecret, ownHosts } from '#doors/http'

/** What is known of a request before its body. */
export interface RequestHead {
  readonly method: string
  /** Lower-case names; every value that came under a name. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
}

/** A TCP port of this machine, which every program and every web page on it can reach. */
export interface TcpDoor {
  readonly port: number
  readonly token: string
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i
const BEARER = /^Bearer +([A-Za-z0-9_-]{1,256})$/i
/** A page of the node itself, or what a person typed; programs that are no browsers say nothing. */
const OWN_SITES: readonly string[] = ['same-origin', 'none']

/**
 * Why a request may not come in; `undefined`: it may. Over TCP it must name this machine, whatever name was bound to its address, and know the token;
 * a socket file says by itself who may open it, and no browser does. `door`: absent for the socket. Pure.
 */
export const refusalOf = (head: RequestHead, door?: TcpDoor): GgenError | undefined =>
  refusalOfRepeats(head) ?? (door && refusalOfHost(head, door)) ?? refusalOfPage(head, door) ?? (door && refusalOfToken(head, door)) ?? refusalOfType(head)

const first = ({ headers }: RequestHead, name: string): string | undefined => (Object.hasOwn(headers, name) ? headers[name]?.[0] : undefined)

const GUARDED = ['host', 'origin', 'sec-fetch-site', 'authorization', 'content-type'] as const

/** Two readers could each take another one. */
const refusalOfRepeats = ({ headers }: RequestHead): GgenError | undefined => {
  const repeated = GUARDED.find((name) => (headers[name]?.length ?? 0) > 1)
  return repeated === undefined ? undefined : new GgenError('usage', `the header ${repeated} is there more than once`)
}

const refusalOfHost = (head: RequestHead, { port }: TcpDoor): GgenError | undefined =>
  ownHosts(port).includes(first(head, 'host')?.toLowerCase() ?? '') ? undefined : new GgenError('misdirected', 'this is not the host that was asked for')

/** A browser says where a request comes from; only pages of this very origin may ask, and over the socket none. */
const refusalOfPage = (head: RequestHead, door: TcpDoor | undefined): GgenError | undefined => {
  const [origin, site] = [first(head, 'origin'), first(head, 'sec-fetch-site')]
  const ownOrigin = door === undefined ? undefined : `http://${first(head, 'host')?.toLowerCase()}`
  if (origin !== undefined && origin !== ownOrigin) return new GgenError('denied', 'pages of other origins may not ask a node')
  if (site !== undefined && !OWN_SITES.includes(site)) return new GgenError('denied', 'other sites may not ask a node')
  return undefined
}

const refusalOfToken = (head: RequestHead, { token }: TcpDoor): GgenError | undefined => {
  const [, shown] = BEARER.exec(first(head, 'authorization') ?? '') ?? []
  return shown !== undefined && isSameSecret(shown, token) ? undefined : new GgenError('token-missing', 'the token of this node is missing or wrong')
}

/** What a form or a link of a page can send without asking the browser is none of these. */
const refusalOfType = (head: RequestHead): GgenError | undefined =>
  head.method === 'GET' || JSON_TYPE.test(first(head, 'content-type') ?? '') ? undefined : new GgenError('usage', 'send JSON: content-type application/json')
