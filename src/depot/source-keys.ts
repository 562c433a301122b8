import { createHash } from 'node:crypto'
import { type Clock, type Events, GgenError, NPM_LIMITS, toGgenError } from '#core'
import { parseRegistryKeys, type RegistryKey, renewKeys, writeRegistryKeys } from '#npm'
import type { NpmRecords } from '#store'
import { patientBody } from './patient-body.ts'
import { SharedWork } from './shared-work.ts'
import { bytesOf, hostOf, type Source } from './source.ts'

export interface SourceKeysParts {
  readonly records: NpmRecords
  readonly clock: Clock
  readonly events: Events
  /** Hashes (`SHA256:…`) of keys that the operator takes although nothing else speaks for them. */
  readonly acceptedKeys: ReadonlySet<string>
}

/** What a source signs with. */
export interface PinnedKeys {
  /** As `writeRegistryKeys` writes them. */
  readonly text: string
  /** Another one for other keys. */
  readonly tag: string
}

/** The keys that registries sign with: those that one has shown first stand for it, until it shows others beside them. */
export class SourceKeys {
  readonly #parts: SourceKeysParts
  readonly #asking = new SharedWork<PinnedKeys | undefined>()
  /** What is kept, so that a document costs no look at the disk. */
  readonly #pinned = new Map<string, PinnedKeys>()
  /** When a source was asked last in vain, by its id; monotonic. */
  readonly #failedAt = new Map<string, number>()

  constructor(parts: SourceKeysParts) {
    this.#parts = parts
  }

  /** What is known without asking; `undefined`: it was never asked, or did not answer. */
  known({ id }: Pick<Source, 'id'>): PinnedKeys | undefined {
    const known = this.#pinned.get(id)
    if (known !== undefined) return known
    const kept = this.#parts.records.keys(id)
    return kept && this.#pin(id, kept.keys)
  }

  /**
   * What is known, asked for where it is not; what is old is asked for again, and nobody waits for that. `undefined`: nobody says so. Throws the reason of an
   * aborted signal.
   */
  async of(source: Source, signal: AbortSignal): Promise<PinnedKeys | undefined> {
    const { records, clock } = this.#parts
    const kept = records.keys(source.id)
    if (kept === undefined) return await this.#ask(source, signal)
    const ageMs = clock.now() - kept.askedAt
    if (ageMs < 0 || ageMs >= NPM_LIMITS.keysFreshMs) void Promise.allSettled([this.#ask(source, NEVER)])
    return this.known(source)
  }

  /** Asks again, where that was not done a moment ago: something is signed with a key that nobody knows. */
  async anew(source: Source, signal: AbortSignal): Promise<PinnedKeys | undefined> {
    const { records, clock } = this.#parts
    const { askedAt = 0 } = records.keys(source.id) ?? {}
    return Math.abs(clock.now() - askedAt) < NPM_LIMITS.keysAgainMs ? this.known(source) : (await this.#ask(source, signal)) ?? this.known(source)
  }

  async #ask(source: Source, signal: AbortSignal): Promise<PinnedKeys | undefined> {
    const { clock } = this.#parts
    const failedAt = this.#failedAt.get(source.id)
    if (source.refusal !== undefined) return undefined
    if (failedAt !== undefined && clock.monotonic() - failedAt < NPM_LIMITS.keysAgainMs) return undefined
    const [asked] = await Promise.allSettled([
      this.#asking.run(source.id, (shared) => this.#renew(source, AbortSignal.any([shared, clock.timeout(NPM_LIMITS.keysMs)])), signal),
    ])
    signal.throwIfAborted()
    if (asked.status === 'fulfilled') return asked.value
    this.#failedAt.set(source.id, clock.monotonic())
    dropFirst(this.#failedAt)
    const { code, message } = toGgenError(asked.reason)
    this.#parts.events.emit({ type: 'task-failed', task: `keys of ${hostOf(source.id)}`, code, message })
    return undefined
  }

  async #renew(source: Source, signal: AbortSignal): Promise<PinnedKeys> {
    const { records, clock, events, acceptedKeys } = this.#parts
    const shown = await this.#shown(source, signal)
    const kept = records.keys(source.id)
    const { keys, refused } = renewKeys(kept && parseRegistryKeys(kept.keys), shown, acceptedKeys)
    const text = writeRegistryKeys(keys)
    records.putKeys(source.id, { keys: text, askedAt: clock.now() })
    if (refused !== undefined) {
      events.emit({ type: 'npm-refused', what: `the keys of ${hostOf(source.id)}`, why: `${refused}; those from before count` })
    }
    return this.#pin(source.id, text)
  }

  #pin(id: string, text: string): PinnedKeys {
    const one = { text, tag: createHash('sha256').update(text).digest('base64url').slice(0, 12) }
    this.#pinned.set(id, one)
    dropFirst(this.#pinned)
    return one
  }

  /** A registry that knows no such path does not sign. */
  async #shown(source: Source, signal: AbortSignal): Promise<readonly RegistryKey[]> {
    const answer = await source.askAside({ method: 'GET', path: '-/npm/v1/keys', headers: { accept: 'application/json' } }, signal)
    if (answer.status !== 200) {
      answer.cancel()
      if (NOT_THERE.has(answer.status)) return []
      throw new GgenError('registry-failed', `${hostOf(source.id)} says ${answer.status} to who asks for its keys`)
    }
    const body = patientBody(answer.body, { clock: this.#parts.clock, idleMs: NPM_LIMITS.keysMs })
    return parseRegistryKeys((await bytesOf({ ...answer, body }, NPM_LIMITS.keysBytes)).toString('utf8'))
  }
}

const NEVER = new AbortController().signal
/** What registries say that have no keys. */
const NOT_THERE = new Set([400, 401, 403, 404, 405, 410])

const dropFirst = (map: Map<string, unknown>): void => {
  for (const oldest of map.keys()) {
    if (map.size <= NPM_LIMITS.knownSources) return
    map.delete(oldest)
  }
}
