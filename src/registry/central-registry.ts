import { type Clock, GgenError, isGgenError, type OpId, type PackageName } from '#core'
import type { BlobRange } from '#store'
import { envelopeId } from '#trust'
import { Etags } from './etags.ts'
import type { HttpAnswer, HttpClient, HttpQuestion } from './http-client.ts'
import { HURRIED, type Patience, PATIENT } from './next-try.ts'
import { ask } from './questions.ts'
import { readBody, readHealth, readKept, readRecords } from './read-reply.ts'
import { readVersions } from './read-versions.ts'
import {
  type Delivery, NO_RECORDS, type Publication, type Records, type Registry, type RegistryBlob, type RegistryQuery, type RegistryStatus, type RegistryVersion,
} from './registry.ts'

export interface CentralParts {
  readonly http: HttpClient
  readonly clock: Clock
  readonly name: string
  readonly isPrivate: boolean
  /** How long and how often it is asked where nobody else can be. Absent: as usual. */
  readonly patience?: Patience
}

/** Most hits that a server gives at a time. */
const PAGE_HITS = 50
/** Of an answer that says little. */
const SHORT_BYTES = 4 * 1024 * 1024
/** Most records that one request carries. */
const RECORDS_AT_ONCE = 64
const JSON_TYPE = { 'content-type': 'application/json' }
const BYTES_TYPE = { 'content-type': 'application/octet-stream' }

/** A server that answers `docs/protocol/central.md`. It stores what others signed: whatever it says is checked like what a stranger said. */
export class CentralRegistry implements Registry {
  readonly name: string
  readonly isPrivate: boolean
  readonly #parts: CentralParts
  readonly #patience: Patience
  readonly #etags: Etags

  constructor(parts: CentralParts, patience: Patience = parts.patience ?? PATIENT, etags: Etags = new Etags()) {
    this.name = parts.name
    this.isPrivate = parts.isPrivate
    this.#parts = parts
    this.#patience = patience
    this.#etags = etags
  }

  /** The same for whoever can ask others instead: it is left soon when it does not answer. */
  hurried(): CentralRegistry {
    return new CentralRegistry(this.#parts, HURRIED, this.#etags)
  }

  search(query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    return this.#records(`v1/search?${searchText(query)}`, signal)
  }

  find(name: PackageName, signal: AbortSignal): Promise<Records> {
    return this.#records(`v1/packages/${encodeURIComponent(name)}`, signal)
  }

  async versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    const { envelopes } = await this.find(name, signal)
    return readVersions(name, envelopes, this.#parts.clock)
  }

  async *open({ digest, sizeBytes }: RegistryBlob, { offset, length }: BlobRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const range = offset === 0 && length === sizeBytes ? {} : { range: `bytes=${offset}-${offset + length - 1}` }
    const question: HttpQuestion = { method: 'GET', path: `v1/blobs/${digest}`, headers: { ...range, 'accept-encoding': 'identity' } }
    const patience = { ...this.#patience, firstByteMs: this.#patience.firstChunkMs }
    const answer = await ask({ ...this.#parts, patience }, question, { signal, read: async (head) => head })
    yield* exactly(answer.body, { skip: this.#skipped(answer, { offset, length }), length })
  }

  /** Bytes first: a record that names what is not there is refused. */
  async publish({ envelopes, blobs, read }: Publication, signal: AbortSignal): Promise<Delivery> {
    for (const blob of blobs) if (!(await this.#holds(blob, signal))) await this.#put(blob, read, signal)
    for (let at = 0; at < envelopes.length; at += RECORDS_AT_ONCE) await this.#post(envelopes.slice(at, at + RECORDS_AT_ONCE), signal)
    return { state: 'stored' }
  }

  status(signal: AbortSignal): Promise<RegistryStatus> {
    return this.#ask({ method: 'GET', path: 'v1/health' }, signal, async (answer) => readHealth(await readBody(answer, SHORT_BYTES)))
  }

  async #records(path: string, signal: AbortSignal): Promise<Records> {
    const known = this.#etags.get(path)
    const headers = known === undefined ? {} : { 'if-none-match': known.etag }
    try {
      return await this.#ask({ method: 'GET', path, headers }, signal, async (answer) => {
        const bytes = await readBody(answer)
        if (answer.status === 304 && known !== undefined) return { envelopes: known.envelopes }
        const envelopes = readRecords(bytes)
        const etag = answer.header('etag')
        if (etag !== undefined) this.#etags.put(path, etag, envelopes)
        return { envelopes }
      })
    } catch (error) {
      if (isGgenError(error, 'package-not-found')) return NO_RECORDS
      throw error
    }
  }

  async #holds({ digest, sizeBytes }: RegistryBlob, signal: AbortSignal): Promise<boolean> {
    const question: HttpQuestion = { method: 'GET', path: `v1/blobs/${digest}`, headers: { range: 'bytes=0-0', 'accept-encoding': 'identity' } }
    if (sizeBytes === 0) return false
    try {
      await this.#ask(question, signal, async (answer) => answer.cancel())
      return true
    } catch (error) {
      if (isGgenError(error, 'blob-not-found')) return false
      throw error
    }
  }

  #put(blob: RegistryBlob, read: Publication['read'], signal: AbortSignal): Promise<unknown> {
    const body = { sizeBytes: blob.sizeBytes, chunks: read(blob, signal) }
    return this.#ask({ method: 'PUT', path: `v1/blobs/${blob.digest}`, headers: BYTES_TYPE, body }, signal, (answer) => readBody(answer, SHORT_BYTES))
  }

  async #post(envelopes: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const bytes = Buffer.from(JSON.stringify({ records: envelopes.map((envelope) => Buffer.from(envelope).toString('base64')) }))
    const body = { sizeBytes: bytes.length, chunks: once(bytes) }
    const question: HttpQuestion = { method: 'POST', path: 'v1/ops', headers: JSON_TYPE, body }
    const kept = await this.#ask(question, signal, async (answer) => readKept(await readBody(answer, SHORT_BYTES)))
    const missing = envelopes.map((envelope) => envelopeId(envelope)).filter((id: OpId) => !kept.has(id))
    if (missing.length > 0) throw new GgenError('registry-failed', `${this.name} does not say that it keeps ${missing.length} of ${envelopes.length} records`)
  }

  /** How many bytes of the answer come before those that were asked for: some servers know no ranges. */
  #skipped(answer: HttpAnswer, { offset, length }: BlobRange): number {
    if (answer.status === 200) return offset
    const isAsked = answer.status === 206 && answer.header('content-range')?.startsWith(`bytes ${offset}-${offset + length - 1}/`) === true
    if (isAsked) return 0
    answer.cancel()
    throw new GgenError('registry-failed', `${this.name} gives other bytes than those that were asked for`)
  }

  #ask<T>(question: HttpQuestion, signal: AbortSignal, read: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    return ask({ ...this.#parts, patience: this.#patience }, question, { signal, read })
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/**
 * So many bytes after so many others; fewer are a failure, and of more none is looked at. The last of them are handed over when the answer has ended: only
 * one that is read to its end leaves its connection to the next question.
 */
async function* exactly(chunks: AsyncIterable<Uint8Array>, { skip, length }: { readonly skip: number; readonly length: number }): AsyncGenerator<Uint8Array> {
  let [before, left] = [skip, length]
  let last: Uint8Array | undefined
  for await (const chunk of chunks) {
    if (left === 0) break
    const wanted = chunk.subarray(Math.min(before, chunk.length)).subarray(0, left)
    before -= Math.min(before, chunk.length)
    left -= wanted.length
    if (left === 0) last = wanted
    else if (wanted.length > 0) yield wanted
  }
  if (left > 0) throw new GgenError('registry-failed', 'fewer bytes than the registry said')
  if (last !== undefined && last.length > 0) yield last
}

const searchText = ({ words, order: _order, limit, category, tags, author, license, publisher, kind, scripts, since }: RegistryQuery): string => {
  const all = { q: words.join(' '), category, tags: tags?.join(','), author, license, publisher, kind, scripts, since, limit: Math.min(limit, PAGE_HITS) }
  const given = Object.entries(all)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]): [string, string] => [key, String(value)])
  return new URLSearchParams(given).toString()
}
