import { type Clock, GgenError, type PackageName } from '#core'
import type { BlobRange } from '#store'
import { type Cause, mayAskOthers, nobodyAnswered } from './failures.ts'
import { readVersions } from './read-versions.ts'
import {
  type Delivery, NO_RECORDS, type Publication, type Records, type Registry, type RegistryBlob, type RegistryQuery, type RegistryStatus, type RegistryVersion,
} from './registry.ts'

/** One of a list. */
export interface HybridSource {
  readonly registry: Registry
  /** The same for as long as others come after it; absent: it is never slow to fail. */
  readonly hurried?: Registry
}

export interface HybridParts {
  /** Asked in this order. */
  readonly sources: readonly HybridSource[]
  readonly clock: Clock
  /** Whether only those that are private may hear of a name. */
  readonly isPrivateName: (name: string) => boolean
  /** Absent: `hybrid`. */
  readonly name?: string
}

/** Hears what one of the list answered; resolves to whether that is enough. */
export type Hear = (records: Records, from: Registry) => Promise<boolean>

/** How it went. */
export interface Consultation {
  /** Who answered, in the order in which they were asked. */
  readonly answered: readonly string[]
  /** Who did not, and why. */
  readonly causes: readonly Cause[]
  /** Some answer was not whole. */
  readonly isPartial: boolean
}

/** Words to look for, and whether what was typed is nothing for everybody: words are what is left of it. */
export interface SearchQuestion {
  readonly query: RegistryQuery
  readonly isPrivate: boolean
}

/** What is asked of each of the list. */
interface Question {
  readonly ask: (registry: Registry) => Promise<Records>
  readonly isPrivate: boolean
  readonly hear: Hear
}

/**
 * A list of registries that are asked one after the other, the next one when one failed or what it answered is not enough. That one has nothing is an
 * answer; only when nobody answers is that an error, with all its causes.
 */
export class HybridRegistry implements Registry {
  readonly name: string
  readonly #parts: HybridParts

  constructor(parts: HybridParts) {
    this.name = parts.name ?? 'hybrid'
    this.#parts = parts
  }

  /** Only when all of them are. */
  get isPrivate(): boolean {
    return this.#parts.sources.every(({ registry }) => registry.isPrivate)
  }

  /** As `find`, until what was heard is enough. Throws only the reason of the signal, and what `hear` throws. */
  consult(name: PackageName, hear: Hear, signal: AbortSignal): Promise<Consultation> {
    return this.#ask({ ask: (registry) => registry.find(name, signal), isPrivate: this.#parts.isPrivateName(name), hear }, signal)
  }

  /** As `search`, until what was heard is enough. `isPrivate`: what was typed is a private name. */
  consultSearch({ query, isPrivate }: SearchQuestion, hear: Hear, signal: AbortSignal): Promise<Consultation> {
    const isSecret = isPrivate || query.words.some((word) => this.#parts.isPrivateName(word))
    return this.#ask({ ask: (registry) => registry.search(query, signal), isPrivate: isSecret, hear }, signal)
  }

  async search(query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    return await firstRecords((hear) => this.consultSearch({ query, isPrivate: false }, hear, signal))
  }

  async find(name: PackageName, signal: AbortSignal): Promise<Records> {
    return await firstRecords((hear) => this.consult(name, hear, signal))
  }

  async versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    const { envelopes } = await this.find(name, signal)
    return readVersions(name, envelopes, this.#parts.clock)
  }

  /** What one began the next goes on with. */
  async *open(blob: RegistryBlob, { offset, length }: BlobRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const causes: Cause[] = []
    let came = 0
    for (const registry of this.#inOrder()) {
      try {
        for await (const chunk of registry.open(blob, { offset: offset + came, length: length - came }, signal)) {
          came += chunk.length
          yield chunk
        }
        return
      } catch (error) {
        signal.throwIfAborted()
        if (!mayAskOthers(error)) throw error
        causes.push({ registry: registry.name, error })
      }
    }
    throw nobodyAnswered(causes)
  }

  /** To all of them; it is kept when one keeps it. */
  async publish(publication: Publication, signal: AbortSignal): Promise<Delivery> {
    const causes: Cause[] = []
    const deliveries: Delivery[] = []
    for (const { registry } of this.#parts.sources) {
      try {
        deliveries.push(await registry.publish(publication, signal))
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof GgenError)) throw error
        causes.push({ registry: registry.name, error })
      }
    }
    const best = deliveries.find(({ state }) => state === 'stored') ?? deliveries[0]
    if (best === undefined) throw nobodyAnswered(causes)
    return best
  }

  /** Of the first that answers. */
  async status(signal: AbortSignal): Promise<RegistryStatus> {
    const causes: Cause[] = []
    for (const registry of this.#inOrder()) {
      try {
        return await registry.status(signal)
      } catch (error) {
        signal.throwIfAborted()
        if (!mayAskOthers(error)) throw error
        causes.push({ registry: registry.name, error })
      }
    }
    throw nobodyAnswered(causes)
  }

  #askable(isPrivate: boolean): readonly HybridSource[] {
    return this.#parts.sources.filter(({ registry }) => !isPrivate || registry.isPrivate)
  }

  /** Whoever is not the last of them is not waited for long. */
  #inOrder(): readonly Registry[] {
    const { sources } = this.#parts
    return sources.map(({ registry, hurried }, index) => (index === sources.length - 1 ? registry : (hurried ?? registry)))
  }

  async #ask({ ask, isPrivate, hear }: Question, signal: AbortSignal): Promise<Consultation> {
    const [answered, causes]: [string[], Cause[]] = [[], []]
    let isPartial = false
    const sources = this.#askable(isPrivate)
    for (const [index, source] of sources.entries()) {
      signal.throwIfAborted()
      // Whoever is the last one that can answer is waited for.
      const registry = index === sources.length - 1 && answered.length === 0 ? source.registry : (source.hurried ?? source.registry)
      try {
        const records = await ask(registry)
        isPartial ||= records.partial === true
        if (records.staleBecause === undefined) answered.push(registry.name)
        else causes.push({ registry: registry.name, error: records.staleBecause })
        if (await hear(records, registry)) break
        // What it answered a while ago is not enough: it may know more by now.
        if (records.isRemembered === true && registry.anew !== undefined && (await hear(await ask(registry.anew), registry))) break
      } catch (error) {
        signal.throwIfAborted()
        if (!mayAskOthers(error)) throw error
        causes.push({ registry: registry.name, error })
      }
    }
    return { answered, causes, isPartial }
  }
}

/** The first answer that says something. */
const firstRecords = async (consult: (hear: Hear) => Promise<Consultation>): Promise<Records> => {
  let found: Records = NO_RECORDS
  const { answered, causes } = await consult(async (records) => {
    found = records
    return records.envelopes.length > 0
  })
  if (answered.length === 0 && found.envelopes.length === 0) throw nobodyAnswered(causes)
  return found
}
