import { type Digest, GgenError, isGgenError, isPackageName, isVersion, type PackageName, parseDigest, type Version, versionSlot } from '#core'
import { isTable } from './fields.ts'

/** One thing that is remembered of a source: one line of JSON. */
export interface LedgerLine {
  /** `seen`: the source names this digest for the version · `imported`: its bytes were published here · `disputed`: it names another one since. */
  readonly what: 'seen' | 'imported' | 'disputed'
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  /** Unix milliseconds. */
  readonly at: number
}

/** A version for which a source named two digests. The first one counts for ever. */
export interface ForeignDispute {
  readonly name: PackageName
  readonly version: Version
  readonly first: Digest
  readonly later: Digest
  /** When the later one was seen first, Unix milliseconds. */
  readonly since: number
  /** Whether the bytes of the first one were published here. */
  readonly isHeld: boolean
}

const WORDS: readonly LedgerLine['what'][] = ['seen', 'imported', 'disputed']

/** What a source has said so far. The line that is read last may be torn: whoever wrote it was killed, and does it again. */
export class MirrorLedger {
  readonly #first = new Map<string, Digest>()
  readonly #imported = new Set<string>()
  readonly #disputes = new Map<string, LedgerLine>()

  /** Reads all lines. Throws `store-broken` for what was not written by `formatLedgerLine`. */
  static parse(text: string): MirrorLedger {
    const ledger = new MirrorLedger()
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    for (const [place, line] of whole.split('\n').slice(0, -1).entries()) ledger.apply(parseLine(line, place + 1))
    return ledger
  }

  apply(line: LedgerLine): void {
    const slot = slotOf(line)
    if (!this.#first.has(slot)) this.#first.set(slot, line.digest)
    if (line.what === 'imported') this.#imported.add(slot)
    const key = `${slot} ${line.digest}`
    if (line.what === 'disputed' && !this.#disputes.has(key)) this.#disputes.set(key, line)
  }

  /** The digest that the source named first. */
  firstOf(version: Pick<LedgerLine, 'name' | 'version'>): Digest | undefined {
    return this.#first.get(slotOf(version))
  }

  isImported(version: Pick<LedgerLine, 'name' | 'version'>): boolean {
    return this.#imported.has(slotOf(version))
  }

  isDisputed({ name, version, digest }: Pick<LedgerLine, 'name' | 'version' | 'digest'>): boolean {
    return this.#disputes.has(`${slotOf({ name, version })} ${digest}`)
  }

  /** In the order of names and versions. */
  disputes(): readonly ForeignDispute[] {
    return [...this.#disputes.values()].toSorted((a, b) => (slotOf(a) < slotOf(b) ? -1 : 1)).map((line) => ({
      name: line.name, version: line.version, first: this.firstOf(line) ?? line.digest, later: line.digest, since: line.at, isHeld: this.isImported(line),
    }))
  }
}

const slotOf = ({ name, version }: Pick<LedgerLine, 'name' | 'version'>): string => `${name}@${versionSlot(version)}`

/** With the line break at its end. */
export const formatLedgerLine = ({ what, name, version, digest, at }: LedgerLine): string => `${JSON.stringify({ what, name, version, digest, at })}\n`

const parseLine = (text: string, place: number): LedgerLine => {
  try {
    const line: unknown = JSON.parse(text)
    if (isLine(line)) return { what: line.what, name: line.name, version: line.version, digest: parseDigest(line.digest), at: line.at }
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isGgenError(error, 'digest-invalid')) throw error
  }
  throw new GgenError('store-broken', `line ${place} of what is remembered of a mirror is damaged`, {
    hint: 'restore the file from a backup; without it ggen does not know any more which versions were changed upstream',
  })
}

const isLine = (line: unknown): line is Omit<LedgerLine, 'digest'> & { readonly digest: string } =>
  isTable(line) && WORDS.some((word) => word === line['what']) && typeof line['name'] === 'string' && isPackageName(line['name']) &&
  typeof line['version'] === 'string' && isVersion(line['version']) && typeof line['digest'] === 'string' &&
  typeof line['at'] === 'number' && Number.isSafeInteger(line['at'])
