import { type Clock, type Events, GgenError, isGgenError, NPM_LIMITS, toGgenError } from '#core'
import type { FormJob, MadeForm, NpmName, TarballsAt } from '#npm'
import { isFailure } from '#registry'
import type { DocumentHead, DocumentKey, NpmRecords } from '#store'
import { freshMsOf, handlingOf } from './document-age.ts'
import type { DocumentChecks, NewDocument } from './document-checks.ts'
import { INDEX, PROOFS, UNCHANGED } from './form-names.ts'
import { heldBackOf, type NpmPolicy } from './npm-policy.ts'
import { patientBody } from './patient-body.ts'
import type { PeerDocuments } from './peer-documents.ts'
import { etagOf, ReadyForms } from './ready-forms.ts'
import { SharedWork } from './shared-work.ts'
import { bytesOf, hostOf, packagePath, type Source } from './source.ts'
import type { SourceKeys } from './source-keys.ts'

export interface DocumentParts {
  readonly records: NpmRecords
  readonly clock: Clock
  readonly events: Events
  /** Makes a document ready, wherever that holds nobody up. */
  readonly makeForm: (job: FormJob, signal: AbortSignal) => Promise<MadeForm>
  readonly keys: SourceKeys
  readonly checks: DocumentChecks
  readonly policy: NpmPolicy
  /** What there is where a registry does not answer and nothing of it is here. */
  readonly ofPeers: Pick<PeerDocuments, 'get'>
}

export interface DocumentWish {
  readonly isAbbreviated: boolean
  readonly tarballsAt: TarballsAt
  /** Nothing old. */
  readonly wantsNews: boolean
  readonly acceptsBrotli: boolean
  /** A version is asked for by its number, however young it is. */
  readonly anyAge?: boolean
}

export interface NamedWish extends DocumentWish {
  readonly name: NpmName
}

/** A document as a client gets it. */
export interface ReadyDocument {
  /** JSON, compressed. */
  readonly bytes: Uint8Array
  readonly encoding: 'gzip' | 'br'
  /** A strong validator of the JSON, with its quotation marks. */
  readonly etag: string
  /** Unix milliseconds. */
  readonly modifiedAt?: number
  /** Since the upstream last said that it is so. */
  readonly ageMs: number
  /** For so long it may be believed without asking. */
  readonly freshMs: number
  /** Why it may be out of date; absent: it is not. */
  readonly stale?: string
}

/** A document that came just now. */
interface Arrived extends Omit<NewDocument, 'source'> {
  readonly head: Omit<DocumentHead, 'etag' | 'isSigned' | 'checkedWith'>
}

const ABBREVIATED = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*'

/** The documents of packages: from the disk where they are new enough, else from their registry, which is asked once however many want to know. */
export class Documents {
  readonly #parts: DocumentParts
  readonly #forms: ReadyForms
  readonly #asking = new SharedWork<DocumentHead>()

  constructor(parts: DocumentParts) {
    this.#parts = parts
    this.#forms = new ReadyForms(parts)
  }

  /**
   * A document in the form that is wished for; where its registry does not answer and nothing is known here, what can be made of what peers hold. Throws
   * `package-not-found` where its registry says so, `denied`, `downgrade`, and why nobody answers where nobody holds anything either.
   */
  async get(source: Source, wish: NamedWish, signal: AbortSignal): Promise<ReadyDocument> {
    const { clock, ofPeers } = this.#parts
    const since = clock.monotonic()
    try {
      return await this.#get(source, wish, signal)
    } catch (error) {
      signal.throwIfAborted()
      const made = isFailure(error) ? await ofPeers.get(source, { ...wish, since }, { why: error, signal }) : undefined
      if (made === undefined) throw error
      return made
    }
  }

  async #get(source: Source, { name, ...wish }: NamedWish, signal: AbortSignal): Promise<ReadyDocument> {
    const { clock, policy } = this.#parts
    const { tarballsAt, acceptsBrotli, isAbbreviated, wantsNews, anyAge = false } = wish
    const heldBack = heldBackOf(policy, { name, now: clock.now(), anyAge })
    // Only the whole document says when a version came out.
    const { key, head, stale } = await this.#find(source, { name, wantsNews, isAbbreviated: isAbbreviated && heldBack.before === undefined }, signal)
    const wanted = { name, head, tarballsAt, acceptsBrotli, heldBack, isShort: isAbbreviated && key.kind === 'full' }
    const { bytes, encoding } = await this.#forms.get(key, wanted, signal)
    return {
      bytes, encoding,
      etag: etagOf(wanted),
      ageMs: Math.max(0, clock.now() - head.checkedAt),
      freshMs: head.freshMs,
      // What is offered changes without the package where that depends on its age.
      ...(head.modifiedAt !== undefined && heldBack.before === undefined && { modifiedAt: head.modifiedAt }),
      ...(stale !== undefined && { stale }),
    }
  }

  /** What an install needs is in the whole document, too; and where a registry does not answer, the one is better than nothing of the other. */
  async #find(
    source: Source, { name, isAbbreviated, wantsNews }: Pick<DocumentWish, 'isAbbreviated' | 'wantsNews'> & { readonly name: NpmName }, signal: AbortSignal,
  ): Promise<{ readonly key: DocumentKey; readonly head: DocumentHead; readonly stale?: string }> {
    const { records } = this.#parts
    const [full, short] = [{ source: source.id, name, kind: 'full' }, { source: source.id, name, kind: 'abbreviated' }] as const
    const isInFull = isAbbreviated && records.document(short) === undefined && records.document(full) !== undefined
    const key: DocumentKey = isAbbreviated && !isInFull ? short : full
    try {
      return { key, ...(await this.#head(source, { key, name, wantsNews }, signal)) }
    } catch (error) {
      const head = isFailure(error) && key === full ? records.document(short) : undefined
      if (head === undefined || !isFailure(error)) throw error
      return { key: short, head, stale: error.message }
    }
  }

  async #head(
    source: Source, { key, name, wantsNews }: { readonly key: DocumentKey; readonly name: NpmName; readonly wantsNews: boolean }, signal: AbortSignal,
  ): Promise<{ readonly head: DocumentHead; readonly stale?: string }> {
    const { records, clock } = this.#parts
    const head = records.document(key)
    const isUnchecked = head !== undefined && head.checkedWith !== this.#parts.keys.known(source)?.tag
    const handling = head === undefined ? 'ask' : handlingOf(head, { now: clock.now(), wantsNews, isUnchecked })
    if (head !== undefined && handling === 'serve') return { head }
    if (head !== undefined && handling === 'serve-and-ask' && source.refusal !== undefined) return { head, stale: source.refusal.message }
    // What was checked with other keys must come anew: what was left out of it is not here.
    const known = isUnchecked ? undefined : head
    const asked = this.#asking.run(keyText(key), (shared) => this.#ask(source, { key, name, known }, shared), signal)
    if (head !== undefined && handling === 'serve-and-ask') {
      asked.catch((error: unknown) => this.#report(key, error))
      return { head, stale: 'it is being asked for again' }
    }
    try {
      return { head: await asked }
    } catch (error) {
      signal.throwIfAborted()
      if (!isFailure(error) && !isGgenError(error, 'downgrade')) throw error
      this.#report(key, error)
      if (head === undefined) throw error
      return { head, stale: error.message }
    }
  }

  /** Asks the registry whether it is still so. */
  async #ask(
    source: Source, { key, name, known }: { readonly key: DocumentKey; readonly name: NpmName; readonly known: DocumentHead | undefined }, signal: AbortSignal,
  ): Promise<DocumentHead> {
    const { records, clock } = this.#parts
    const keys = this.#parts.keys.of(source, signal)
    void Promise.allSettled([keys])
    const answer = await source.ask({
      method: 'GET', path: packagePath(name),
      headers: {
        accept: key.kind === 'abbreviated' ? ABBREVIATED : 'application/json',
        ...(known?.upstreamEtag !== undefined && { 'if-none-match': known.upstreamEtag }),
        ...(known?.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
      },
    }, signal)
    const checked = { checkedAt: clock.now(), freshMs: freshMsOf(answer.header('cache-control')) }
    if (answer.status === 304 && known !== undefined) {
      answer.cancel()
      const renewed = { ...known, ...checked }
      records.renewDocument(key, renewed)
      return renewed
    }
    if (answer.status !== 200) {
      answer.cancel()
      if (answer.status === 404 || answer.status === 410) records.dropDocument(key)
      throw refusalOf(source, { name, status: answer.status })
    }
    const upstreamEtag = answer.header('etag')
    const lastModified = answer.header('last-modified')
    const body = patientBody(answer.body, { clock, idleMs: NPM_LIMITS.upstreamIdleMs })
    const bytes = await bytesOf({ ...answer, body }, NPM_LIMITS.documentBytes)
    const validators = { ...(upstreamEtag !== undefined && { upstreamEtag }), ...(lastModified !== undefined && { lastModified }) }
    return await this.#take(source, { key, name, bytes, keys: await keys, head: { ...checked, ...validators, isPrivate: source.isPrivate } }, signal)
  }

  async #take(source: Source, { head: { upstreamEtag, lastModified, ...head }, ...arrived }: Arrived, signal: AbortSignal): Promise<DocumentHead> {
    const { records, checks } = this.#parts
    const { key } = arrived
    const { made, ...checked } = await checks.check({ source, ...arrived }, signal)
    const whole = {
      ...head, ...checked, etag: made.etag, isSigned: made.isSigned,
      ...(made.modifiedAt !== undefined && { modifiedAt: made.modifiedAt }),
      // What was left out comes again only where the registry does not hear that it is here.
      ...(made.forged.length === 0 && upstreamEtag !== undefined && { upstreamEtag }),
      ...(made.forged.length === 0 && lastModified !== undefined && { lastModified }),
    }
    const forms = new Map([[UNCHANGED, made.gzip], [INDEX, made.index]])
    if (made.proofs !== undefined) forms.set(PROOFS, made.proofs)
    records.putDocument(key, whole, forms)
    records.noteSigning(key.source, made.isSigned)
    this.#forms.keep(key, whole, made.gzip)
    return whole
  }

  #report(key: DocumentKey, error: unknown): void {
    const { code, message } = toGgenError(error)
    if (code !== 'cancelled') this.#parts.events.emit({ type: 'task-failed', task: `document of ${key.name}`, code, message })
  }
}

const keyText = ({ source, name, kind }: DocumentKey): string => `${kind}\n${source}\n${name}`

/** What a registry says by its status. */
export const refusalOf = (source: Source, { name, status }: { readonly name: NpmName; readonly status: number }): GgenError => {
  const host = hostOf(source.id)
  if (status === 404 || status === 410) return new GgenError('package-not-found', `${host} has no package ${name}`)
  if (status === 401 || status === 403) {
    return new GgenError('denied', `${host} does not give ${name} (${status})`, { hint: `check the credentials for ${source.id} in your npm configuration` })
  }
  return new GgenError('registry-failed', `${host} says ${status} to ${name}`)
}
