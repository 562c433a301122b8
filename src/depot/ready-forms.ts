import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gunzip } from 'node:zlib'
import { type Events, GgenError, NPM_LIMITS, toGgenError } from '#core'
import { denyRuleText, type FormJob, type HeldBack, type MadeForm, type NpmName, type TarballsAt } from '#npm'
import type { DocumentHead, DocumentKey, NpmRecords } from '#store'
import { UNCHANGED } from './form-names.ts'
import { ReadyBytes } from './ready-bytes.ts'
import { SharedWork } from './shared-work.ts'

export interface ReadyFormParts {
  readonly records: NpmRecords
  readonly events: Events
  /** Makes a document ready, wherever that holds nobody up. */
  readonly makeForm: (job: FormJob, signal: AbortSignal) => Promise<MadeForm>
}

/** A document as a client can read it. */
export interface ReadyForm {
  /** JSON, compressed. */
  readonly bytes: Uint8Array
  readonly encoding: 'gzip' | 'br'
}

/** Which of the forms of a document. */
export interface FormChoice {
  readonly tarballsAt: TarballsAt
  /** Only what installs need, of a whole document. */
  readonly isShort: boolean
  readonly heldBack: HeldBack
}

export interface WantedForm extends FormChoice {
  readonly name: NpmName
  readonly head: DocumentHead
  readonly acceptsBrotli: boolean
}

const [compress, decompress] = [promisify(brotliCompress), promisify(gunzip)]
/** What a server does on the way, not what an archive gets. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }
const NEVER = new AbortController().signal

/** The forms of documents that are here: in memory, on the disk, or made when they are asked for, once however many ask. */
export class ReadyForms {
  readonly #parts: ReadyFormParts
  readonly #ready = new ReadyBytes<ReadyForm>(NPM_LIMITS.readyBytes)
  readonly #compressing = new SharedWork<void>()
  readonly #making = new SharedWork<ReadyForm>()

  constructor(parts: ReadyFormParts) {
    this.#parts = parts
  }

  /** One form. Throws `store-broken` where the document was dropped meanwhile, and as `makeForm`. */
  async get(key: DocumentKey, wanted: WantedForm, signal: AbortSignal): Promise<ReadyForm> {
    const at = readyKey(key, wanted)
    const gzip = this.#ready.get(at) ?? (await this.#making.run(at, (shared) => this.#make(key, wanted, shared), signal))
    return wanted.acceptsBrotli ? (this.#ready.get(`${at}\nbr`) ?? this.#brotliSoon(at, gzip)) : gzip
  }

  /** The form that came, compressed with gzip. */
  keep(key: DocumentKey, head: DocumentHead, gzip: Uint8Array): void {
    this.#ready.put(readyKey(key, { head, ...AS_IT_CAME }), { bytes: gzip, encoding: 'gzip' })
  }

  async #make(key: DocumentKey, wanted: WantedForm, signal: AbortSignal): Promise<ReadyForm> {
    const { records, makeForm } = this.#parts
    const { name, head, tarballsAt, isShort, heldBack } = wanted
    const form = formName(wanted)
    // What depends on the time is another one soon.
    const isKept = heldBack.before === undefined
    let bytes = isKept ? records.form(key, form) : undefined
    if (bytes === undefined) {
      const original = records.form(key, UNCHANGED)
      if (original === undefined) throw new GgenError('store-broken', `the document of ${name} was dropped just now`, { hint: 'ask for it again' })
      const job = { name, bytes: original, isGzip: true, isAbbreviated: isShort || key.kind === 'abbreviated', tarballsAt, heldBack }
      bytes = (await makeForm(job, signal)).gzip
      if (isKept) records.putForm(key, head, { name: form, bytes })
    }
    const ready = { bytes, encoding: 'gzip' } as const
    this.#ready.put(readyKey(key, wanted), ready)
    return ready
  }

  /** Whoever accepts Brotli accepts gzip, too, and need not wait for what takes ten times as long. */
  #brotliSoon(at: string, gzip: ReadyForm): ReadyForm {
    this.#compressing.run(at, async () => {
      const bytes = await compress(await decompress(gzip.bytes), BROTLI)
      this.#ready.put(`${at}\nbr`, { bytes, encoding: 'br' })
    }, NEVER).catch((error: unknown) => {
      const { code, message } = toGgenError(error)
      this.#parts.events.emit({ type: 'task-failed', task: 'compressing a document', code, message })
    })
    return gzip
  }
}

const AS_IT_CAME: FormChoice = { tarballsAt: 'upstream', isShort: false, heldBack: { denied: [] } }

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 6)

const heldBackName = ({ denied, before }: HeldBack): string =>
  `${denied.length === 0 ? '' : `without ${hashOf(denied.map(denyRuleText).join('\n'))} `}${before === undefined ? '' : `before ${before} `}`

const formName = ({ tarballsAt, isShort, heldBack }: FormChoice): string =>
  `${heldBackName(heldBack)}${isShort ? 'short ' : ''}${tarballsAt === 'upstream' ? UNCHANGED : `at ${tarballsAt.base}`}`

const readyKey = ({ source, name, kind }: DocumentKey, wanted: FormChoice & Pick<WantedForm, 'head'>): string =>
  `${kind}\n${source}\n${name}\n${wanted.head.etag}\n${formName(wanted)}`

/** The same document in another form is another one. */
export const etagOf = ({ head: { etag }, ...form }: FormChoice & Pick<WantedForm, 'head'>): string => {
  const name = formName(form)
  return name === UNCHANGED ? etag : `${etag.slice(0, -1)}-${hashOf(name)}"`
}
