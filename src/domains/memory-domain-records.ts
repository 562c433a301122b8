import { type DomainAnswers, toGgenError } from '#core'
import type { DomainRecords } from './domain-records.ts'
import { readTxtRecords, readWellKnown } from './read-record.ts'

/** What stands in the places of a domain: nothing, a text, or (null) nobody answers there. */
export interface PublishedRecord {
  readonly wellKnown?: string | null
  readonly txt?: readonly string[] | null
}

/** Domains that exist in this process only. */
export class MemoryDomainRecords implements DomainRecords {
  readonly #published = new Map<string, PublishedRecord>()
  /** Domains in the order in which they were asked. */
  readonly asked: string[] = []

  /** Says what a domain says from now on; replaces what it said. */
  publish(domain: string, record: PublishedRecord): void {
    this.#published.set(domain, record)
  }

  async ask(domain: string, signal: AbortSignal): Promise<DomainAnswers> {
    if (signal.aborted) throw toGgenError(signal.reason)
    this.asked.push(domain)
    const { wellKnown, txt = [] } = this.#published.get(domain) ?? {}
    const unreachable = { state: 'unknown', why: 'nobody answers' } as const
    return {
      https: wellKnown === null ? unreachable : wellKnown === undefined ? { state: 'absent' } : readWellKnown(wellKnown, domain),
      txt: txt === null ? unreachable : readTxtRecords(txt, domain),
    }
  }
}
