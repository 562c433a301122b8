import { type DomainAnswer, LIMITS, toGgenError } from '#core'
import { type DomainRecords, readTxtRecords, readWellKnown } from '#domains'
import { getRecord } from './get-record.ts'
import { NameServers } from './name-servers.ts'

/** Where domains are asked; without any of these, the system's name servers and the public web. */
export interface DomainRecordsOptions {
  /** Addresses of name servers, with an optional port: `127.0.0.1:5353`. */
  readonly nameServers?: readonly string[]
  readonly httpsPort?: number
  /** PEM of the authorities that count instead of those that Node knows. */
  readonly ca?: string
  /** Whether web servers may be on this machine or its network. */
  readonly allowPrivateAddresses?: boolean
  readonly timeoutMs?: number
}

const HTTPS_PORT = 443

/** Asks domains over HTTPS and DNS. */
export const openDomainRecords = (options: DomainRecordsOptions = {}): DomainRecords => ({
  ask: async (domain, signal) => {
    if (signal.aborted) throw toGgenError(signal.reason)
    const timeoutMs = options.timeoutMs ?? LIMITS.domainLookupMs
    const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const servers = new NameServers(ending, options.nameServers)
    const [https, txt] = await Promise.all([askWeb(domain, { ...options, servers }, ending), askNames(domain, servers)])
    if (signal.aborted) throw toGgenError(signal.reason)
    return { https, txt }
  },
})

const askWeb = async (domain: string, options: DomainRecordsOptions & { readonly servers: NameServers }, signal: AbortSignal): Promise<DomainAnswer> => {
  const { servers, httpsPort: port = HTTPS_PORT, ca, allowPrivateAddresses = false } = options
  const addressesOf = servers.addresses.bind(servers)
  const fetched = await getRecord(domain, { port, allowPrivateAddresses, addressesOf, ...(ca !== undefined && { ca }) }, signal)
  return fetched.state === 'text' ? readWellKnown(fetched.text, domain) : fetched
}

const askNames = async (domain: string, servers: NameServers): Promise<DomainAnswer> => {
  const answer = await servers.texts(`_ggen.${domain}`)
  return 'failed' in answer ? { state: 'unknown', why: `the name servers ${answer.failed} for _ggen.${domain}` } : readTxtRecords(answer.values, domain)
}
