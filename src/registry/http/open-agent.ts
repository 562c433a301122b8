import type { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import { GgenError } from '#core'

// An import reads everything that a built-in module exports, and what this one exports brings in a second HTTP client: 12 MB and 100 ms.
const { Agent: PlainAgent } = process.getBuiltinModule('node:http')

/** How connections to servers come about. */
export interface AgentOptions {
  /** PEM of the authorities that count instead of those that Node knows. */
  readonly ca?: string | readonly string[] | undefined
  /** PEM of a certificate with which this side proves who it is, and of its key. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** `false`: servers need not prove who they are. */
  readonly rejectUnauthorized?: boolean | undefined
  /** An `http` or `https` address, perhaps with a name and a password: all connections go through it, those of `https` as tunnels. */
  readonly proxy?: string | undefined
  /** At a time, to one server. */
  readonly connections: number
}

const IDLE_MS = 30_000

/** Connections that are used again, of one protocol. Throws `config-invalid` for a proxy, certificate or key that is none. */
export const openAgent = (protocol: string, options: AgentOptions): Agent => {
  const { connections, proxy, rejectUnauthorized } = options
  const how = {
    keepAlive: true, maxSockets: connections, maxFreeSockets: connections, timeout: IDLE_MS,
    ...(proxy !== undefined && { proxyEnv: throughProxy(proxy) }),
  }
  if (protocol !== 'https:') return new PlainAgent(how)
  const secureContext = contextOf(options)
  return new SecureAgent({ ...how, ...(secureContext !== undefined && { secureContext }), ...(rejectUnauthorized !== undefined && { rejectUnauthorized }) })
}

/** What Node reads of an environment; nothing in it exempts a host. */
const throughProxy = (proxy: string): Readonly<Record<string, string>> => {
  const protocol = URL.parse(proxy)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return { http_proxy: proxy, https_proxy: proxy }
  throw new GgenError('config-invalid', 'the address of the proxy is not one of http or https')
}

/** Read once, and not again for each connection; `undefined`: as Node does it. */
const contextOf = ({ ca, cert, key }: AgentOptions): SecureContext | undefined => {
  if (ca === undefined && cert === undefined && key === undefined) return undefined
  try {
    const authorities = typeof ca === 'string' ? ca : ca?.slice()
    return createSecureContext({
      ...(authorities !== undefined && { ca: authorities }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }),
    })
  } catch (error) {
    throw new GgenError('config-invalid', 'the certificate, its key or the authorities for a registry cannot be read', { cause: error })
  }
}
