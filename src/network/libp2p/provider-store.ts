import { NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { DHT } from './settings.ts'

type Arguments<Method extends 'put' | 'get' | 'has' | 'delete' | 'query'> = Parameters<BaseDatastore[Method]>
type StoreKey = Arguments<'put'>[0]

interface ProviderRecord {
  readonly key: StoreKey
  readonly value: Uint8Array
}

/** `/dht/provider/<multihash>/<peer>` */
const RECORD = /^\/dht\/provider\/([^/]+)\/([^/]+)$/
const LOOKUP = /^\/dht\/provider\/([^/]+)$/

/** What the store asks the rest of the node. */
export interface ProviderStoreContext {
  readonly self: string
  /** Whether the address book knows this peer. */
  readonly isKnown: (peer: string) => Promise<boolean>
}

/**
 * All that the DHT may keep for others: provider records, so many per peer, so many in all, the oldest go first. Other values are refused,
 * because the library lets an older value replace a newer one. An answer names the newest few providers, and none that has no
 * addresses, because one of those would fail the whole answer.
 */
export class ProviderStore extends BaseDatastore {
  readonly #context: ProviderStoreContext
  /** By multihash, then by provider, in the order of the last write. */
  readonly #records = new Map<string, Map<string, ProviderRecord>>()
  /** Records of others in the order of the last write. */
  readonly #foreign = new Map<string, StoreKey>()
  readonly #countByPeer = new Map<string, number>()

  constructor(context: ProviderStoreContext) {
    super()
    this.#context = context
  }

  get foreignRecords(): number {
    return this.#foreign.size
  }

  override put(...[key, value]: Arguments<'put'>): StoreKey {
    const [, content, provider] = RECORD.exec(key.toString()) ?? []
    if (content === undefined || provider === undefined) throw new RangeError('this node keeps provider records only')
    if (value.byteLength > DHT.recordBytes) throw new RangeError('the record is too large')
    const isNew = this.#records.get(content)?.has(provider) !== true
    const isOwn = provider === this.#context.self
    if (isNew && !isOwn && (this.#countByPeer.get(provider) ?? 0) >= DHT.providerRecordsPerPeer) throw new RangeError('this peer has too many provider records')
    this.delete(key)
    this.#insert(content, provider, { key, value })
    if (!isOwn) this.#trackForeign(key, provider)
    return key
  }

  override get(...[key]: Arguments<'get'>): Uint8Array {
    const record = this.#find(key)
    if (record === undefined) throw new NotFoundError()
    return record.value
  }

  override has(...[key]: Arguments<'has'>): boolean {
    return this.#find(key) !== undefined
  }

  override delete(...[key]: Arguments<'delete'>): void {
    const text = key.toString()
    const [, content = '', provider = ''] = RECORD.exec(text) ?? []
    const ofContent = this.#records.get(content)
    if (ofContent?.delete(provider) !== true) return
    if (ofContent.size === 0) this.#records.delete(content)
    if (!this.#foreign.delete(text)) return
    const count = (this.#countByPeer.get(provider) ?? 0) - 1
    if (count > 0) this.#countByPeer.set(provider, count)
    else this.#countByPeer.delete(provider)
  }

  override async *query(...[query]: Arguments<'query'>): AsyncGenerator<ProviderRecord> {
    const [, content] = LOOKUP.exec(query.prefix ?? '') ?? []
    if (content === undefined) {
      for (const ofContent of this.#records.values()) yield* ofContent.values()
      return
    }
    let named = 0
    for (const [provider, record] of [...(this.#records.get(content) ?? [])].reverse()) {
      if (!(await this.#context.isKnown(provider))) continue
      yield record
      if (++named === DHT.providersPerAnswer) return
    }
  }

  #find(key: StoreKey): ProviderRecord | undefined {
    const [, content = '', provider = ''] = RECORD.exec(key.toString()) ?? []
    return this.#records.get(content)?.get(provider)
  }

  #insert(content: string, provider: string, record: ProviderRecord): void {
    const ofContent = this.#records.get(content) ?? new Map<string, ProviderRecord>()
    ofContent.set(provider, record)
    this.#records.set(content, ofContent)
  }

  #trackForeign(key: StoreKey, provider: string): void {
    this.#foreign.set(key.toString(), key)
    this.#countByPeer.set(provider, (this.#countByPeer.get(provider) ?? 0) + 1)
    if (this.#foreign.size <= DHT.providerRecords) return
    const [oldest] = this.#foreign.values()
    if (oldest !== undefined) this.delete(oldest)
  }
}
