import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ChainOp } from '#core'
import { type PublishedRecord } from '#domains'
import { createIdentity, encodePayload, type IdentityView, keyPairFromSeed, openOp, signPayload, viewIdentity } from '#trust'
import { TestAuthority } from './certificates.ts'
import { NameServer } from './name-server.ts'
import { seeded, TEST_EPOCH } from './publisher.ts'

/** A publisher that names these domains in its roles; without any, one that has no roles op yet. */
export const identityNaming = (seed: string, ...domains: readonly string[]): IdentityView => {
  const made = createIdentity(seeded(seed), TEST_EPOCH)
  const genesis = openOp(made.genesis) as ChainOp & { readonly type: 'genesis' }
  const { nonce: _, ...roles } = genesis.body
  const body = { ...roles, revoked: [], domains }
  const payload = encodePayload({ type: 'roles', identity: made.identity, at: TEST_EPOCH + 1, seq: 1, prev: genesis.id, body })
  const naming = openOp(signPayload(payload, [keyPairFromSeed(made.root)])) as ChainOp
  const view = viewIdentity(made.identity, domains.length === 0 ? [genesis] : [genesis, naming])
  assert.ok(view)
  return view
}

/** What a web server does with a request for the record of a host. */
export type WebAnswer = (request: IncomingMessage, response: ServerResponse) => void

const NOT_FOUND: WebAnswer = (_request, response) => void response.writeHead(404).end('nothing here')

const jsonAnswer = (text: string): WebAnswer => (_request, response) => void response.setHeader('content-type', 'application/json').end(text)

/** A claim as it is published. */
interface WrittenClaim {
  readonly prefix: string
  readonly identity: string
}

/** The text of `.well-known/ggen.json`. */
export const wellKnown = (...claims: readonly WrittenClaim[]): string => JSON.stringify({ v: 1, claims })

/** One TXT record. */
export const txtRecord = ({ prefix, identity }: WrittenClaim): string => `ggen=v1; id=${identity}; prefix=${prefix}`

/**
 * A small internet of domains on this machine: a name server, and one web server for all hosts with certificates of an authority of its own.
 * Whoever is to see it gets `access`, the options of `openDomainRecords`.
 */
export class TestDomains implements AsyncDisposable {
  readonly names: NameServer
  readonly #web: Server
  readonly #authority = new TestAuthority()
  readonly #contexts = new Map<string, SecureContext>()
  readonly #answers = new Map<string, WebAnswer>()
  /** `host path`, in the order in which they were asked. */
  readonly visited: string[] = []

  private constructor(names: NameServer) {
    this.names = names
    this.#web = createServer({ SNICallback: (host, done) => done(null, this.#contextOf(host)) }, (request, response) => {
      const { host = '' } = request.headers
      const [name = ''] = host.split(':')
      this.visited.push(`${name} ${request.url}`)
      const answer = this.#answers.get(name) ?? NOT_FOUND
      answer(request, response)
    })
  }

  static async start(): Promise<TestDomains> {
    const domains = new TestDomains(await NameServer.start())
    domains.#web.listen(0, '127.0.0.1')
    await once(domains.#web, 'listening')
    return domains
  }

  /** What makes `openDomainRecords` see these domains and no others. */
  get access(): { readonly nameServers: readonly string[]; readonly httpsPort: number; readonly ca: string; readonly allowPrivateAddresses: true } {
    const { port } = this.#web.address() as AddressInfo
    return { nameServers: [this.names.address], httpsPort: port, ca: this.#authority.cert, allowPrivateAddresses: true }
  }

  /** Says what a domain says from now on, in both places; replaces what it said. */
  publish(domain: string, { wellKnown: text, txt }: PublishedRecord): void {
    this.serve(domain, typeof text === 'string' ? jsonAnswer(text) : NOT_FOUND)
    if (text === null) this.names.set(domain, { failure: 'SERVFAIL' })
    this.names.set(`_ggen.${domain}`, txt === null ? { failure: 'SERVFAIL' } : txt && { txt })
  }

  /** Has a host on the web server answer as wanted. */
  serve(host: string, answer: WebAnswer): void {
    this.names.set(host, { a: ['127.0.0.1'] })
    this.#answers.set(host, answer)
  }

  /** The certificate that a host shows from now on: one that has ended, or one of an authority that nobody trusts. */
  spoilCertificate(host: string, how: 'expired' | 'stranger'): void {
    const issued = how === 'expired' ? this.#authority.issue(host, { expired: true }) : new TestAuthority('a stranger').issue(host)
    this.#contexts.set(host, createSecureContext(issued))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#web, 'close')
    this.#web.close()
    this.#web.closeAllConnections()
    await Promise.all([closed, this.names[Symbol.asyncDispose]()])
  }

  #contextOf(host: string): SecureContext {
    const known = this.#contexts.get(host) ?? createSecureContext(this.#authority.issue(host))
    this.#contexts.set(host, known)
    return known
  }
}
