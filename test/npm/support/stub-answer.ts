import type { IncomingHttpHeaders } from 'node:http'
import type { StubAccounts } from './stub-accounts.ts'
import type { StubDocument } from './stub-documents.ts'
import type { StubShelf } from './stub-shelf.ts'

/** An advisory as the bulk audit answers it. */
export interface StubAdvisory {
  readonly id: number
  readonly url: string
  readonly title: string
  readonly severity: 'low' | 'moderate' | 'high' | 'critical'
  readonly vulnerable_versions: string
  readonly cwe: readonly string[]
  readonly cvss: { readonly score: number; readonly vectorString: string | null }
}

/** A request, and everything that an answer may need. */
export interface Asked {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Parsed; undefined where there is none. */
  readonly body: unknown
  /** Who has sent a token that counts. */
  readonly user: string | undefined
  readonly shelf: StubShelf
  readonly accounts: StubAccounts
  readonly advisories: Readonly<Record<string, readonly StubAdvisory[]>>
  /** What `dist.tarball` begins with; ends in `/`. */
  readonly tarballBase: string
  /** What this registry is called; ends in `/`. */
  readonly self: string
}

export interface StubAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Instead of a body: sent as the client accepts it, and not at all where it has it. */
  readonly document?: StubDocument
}

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): StubAnswer => ({
  status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(JSON.stringify(value)),
})

export const notFound = (what: string): StubAnswer => json(404, { error: 'not_found', reason: what })
export const unauthorized = (): StubAnswer => json(401, { error: 'You must be logged in.' }, { 'www-authenticate': 'Bearer' })
