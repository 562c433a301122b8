import { GgenError } from '#core'
import {
  decodeIndex, type FormJob, type ForgedVersion, type Integrity, isNpmVersion, judgeVersion, type MadeForm, type NpmName, parseRegistryKeys,
  type VersionManifest, type VersionSignature, verifyVersion,
} from '#npm'
import type { DocumentKey, NpmRecords } from '#store'
import { INDEX } from './form-names.ts'
import type { Refusals } from './refusals.ts'
import { hostOf, type Source } from './source.ts'
import type { PinnedKeys, SourceKeys } from './source-keys.ts'

export interface DocumentCheckParts {
  readonly records: NpmRecords
  readonly refusals: Refusals
  readonly keys: SourceKeys
  /** Makes a document ready, wherever that holds nobody up. */
  readonly makeForm: (job: FormJob, signal: AbortSignal) => Promise<MadeForm>
}

/** A document that came, and whom it came from. */
export interface NewDocument {
  readonly source: Source
  readonly key: DocumentKey
  readonly name: NpmName
  /** JSON. */
  readonly bytes: Uint8Array
  /** What its source signs with, as far as that is known. */
  readonly keys: PinnedKeys | undefined
}

/** What a registry says of one version. */
export interface NewManifest {
  readonly name: NpmName
  readonly version: string
  readonly manifest: VersionManifest
}

/** A version in a document that was checked, and what stands there as its signature. */
export interface UnprovenVersion {
  readonly name: NpmName
  readonly version: string
  readonly integrity: Integrity
  readonly signature: VersionSignature
}

/** A document without what its source did not sign as it is. */
export interface CheckedForm {
  readonly made: MadeForm
  readonly checkedWith?: string
}

/** Looks whether a document is what its registry signed, before anybody gets it. */
export class DocumentChecks {
  readonly #parts: DocumentCheckParts

  constructor(parts: DocumentCheckParts) {
    this.#parts = parts
  }

  /**
   * Makes a document ready without the versions that are not what their signatures say, and reports those. Throws `downgrade` where signatures are gone that
   * were there, or speak for something else than before; and as `makeForm`.
   */
  async check(document: NewDocument, signal: AbortSignal): Promise<CheckedForm> {
    const { source, key, name, keys } = document
    const first = await this.#make(document, keys, signal)
    const isUnknown = keys !== undefined && first.forged.some(({ verdict }) => verdict === 'unknown-key')
    const newer = isUnknown ? await this.#parts.keys.anew(source, signal) : keys
    const made = newer?.tag === keys?.tag ? first : await this.#make(document, newer, signal)
    const checkedWith = newer?.tag
    this.#assertNotForged(key, made, checkedWith)
    this.#assertSigned(key, made)
    if (made.forged.length > 0) this.#report(key, name, made.forged)
    return { made, ...(checkedWith !== undefined && { checkedWith }) }
  }

  /** Throws `downgrade` where what a registry says of one version is not what it signed, or it signs everything else. */
  async checkManifest(source: Source, { name, version, manifest }: NewManifest, signal: AbortSignal): Promise<void> {
    const keys = await this.#parts.keys.of(source, signal)
    if (keys === undefined || keys.text === NO_KEYS) return
    const verdict = judgeVersion({ name, version, manifest }, parseRegistryKeys(keys.text))
    const { signed, unsigned } = this.#parts.records.signing(source.id)
    if (verdict === 'verified' || (verdict === 'unsigned' && (unsigned > 0 || signed < SIGNS_ALWAYS))) return
    throw this.#refusal(name, version, `${hostOf(source.id)} did not sign ${name}@${version} as it is (${verdict})`)
  }

  /** Looks at what nobody has looked at when the document came. Throws `downgrade` where the registry did not sign it. */
  async prove(source: Source, { name, version, integrity, signature }: UnprovenVersion, signal: AbortSignal): Promise<void> {
    const keys = await this.#parts.keys.of(source, signal)
    const known = keys === undefined ? [] : parseRegistryKeys(keys.text)
    const verdict = isNpmVersion(version) ? verifyVersion({ name, version, integrity, signatures: [signature] }, known) : 'wrong'
    if (verdict !== 'verified') throw this.#refusal(name, version, `${hostOf(source.id)} did not sign ${name}@${version} as it is (${verdict})`)
  }

  async #make({ key, name, bytes }: NewDocument, keys: PinnedKeys | undefined, signal: AbortSignal): Promise<MadeForm> {
    const job = { name, bytes, isGzip: false, isAbbreviated: key.kind === 'abbreviated', tarballsAt: 'upstream' } as const
    return await this.#parts.makeForm({ ...job, ...(keys !== undefined && keys.text !== NO_KEYS && { keys: keys.text }) }, signal)
  }

  /** A registry that signs everything, and now this not, may be one that somebody put in its place. */
  #assertSigned({ source, name, kind }: DocumentKey, { isSigned }: MadeForm): void {
    if (isSigned) return
    const { records } = this.#parts
    const wasSigned = KINDS.some((other) => records.document({ source, name, kind: other })?.isSigned === true)
    const { signed, unsigned } = records.signing(source)
    if (!wasSigned && (unsigned > 0 || signed < SIGNS_ALWAYS)) return
    throw this.#refusal(name, '*', `${hostOf(source)} does not sign ${name}${wasSigned ? ' any more' : ', and signs everything else'} (${kind})`)
  }

  /** One that is wrong in what was right before, or in everything, is no document of this registry. */
  #assertNotForged({ source, name, kind }: DocumentKey, { forged, index }: MadeForm, checkedWith: string | undefined): void {
    const [first] = forged
    if (first === undefined) return
    const known = new Set(KINDS.flatMap((other) => this.#versionsOf({ source, name, kind: other }, checkedWith)))
    const changed = forged.find(({ version }) => known.has(version))
    if (changed === undefined && decodeIndex(index).size > 0) return
    const { version, verdict } = changed ?? first
    throw this.#refusal(name, version, `${hostOf(source)} did not sign ${name}@${version} as it is (${verdict}, ${kind})`)
  }

  /** Those of a document that was checked with the same keys: they were right. */
  #versionsOf(key: DocumentKey, checkedWith: string | undefined): readonly string[] {
    const { records } = this.#parts
    const index = records.document(key)?.checkedWith === checkedWith ? records.form(key, INDEX) : undefined
    return index === undefined ? [] : [...decodeIndex(index)].flatMap(([version, { unproven }]) => (unproven === undefined ? [version] : []))
  }

  #refusal(name: string, version: string, message: string): GgenError {
    this.#parts.refusals.say({ name, version, code: 'downgrade', why: message })
    return new GgenError('downgrade', message, { hint: HINT })
  }

  #report({ source }: DocumentKey, name: NpmName, forged: readonly ForgedVersion[]): void {
    const named = forged.slice(0, NAMED).map(({ version, verdict }) => `${version} (${verdict})`)
    const more = forged.length > NAMED ? ` and ${forged.length - NAMED} more` : ''
    const why = `${hostOf(source)} did not sign ${named.join(', ')}${more} as it is: left out of what is served`
    this.#parts.refusals.say({ name, version: forged[0]?.version ?? '*', code: 'downgrade', why })
  }
}

const KINDS = ['full', 'abbreviated'] as const
/** So many documents with signatures, and none without, and a registry is one that signs everything. */
const SIGNS_ALWAYS = 20
/** Versions that a report names. */
const NAMED = 5
const NO_KEYS = '{"keys":[]}'
const HINT = 'ask who runs the registry; what is known from before is served until then'
