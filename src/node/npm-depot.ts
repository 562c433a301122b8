import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest, Events } from '#core'
import { Depot, type DepotParts, type OfNetwork } from '#depot'
import { systemClock } from '#node/system'
import type { NpmRecords } from '#store'
import { openNpmRecords } from '#store/disk'
import { FormThread } from './form-thread.ts'
import { type NpmConfiguration, NpmSources } from './npm-sources.ts'

export interface NpmDepotOptions extends Omit<DepotParts, 'sources' | 'records' | 'clock' | 'makeForm' | 'ofNetwork'> {
  readonly configuration: NpmConfiguration
  readonly userAgent: string
  readonly events: Events
  /** Opens what is published to the network. */
  readonly openMarket: () => Promise<OfNetwork>
}

/** What a node knows of npm packages: opened when something is asked of it for the first time, so that whoever never does pays nothing. */
export class NpmDepot implements AsyncDisposable {
  readonly #path: string
  readonly #opened = new AsyncDisposableStack()
  readonly #doors = new Set<string>()
  #records: NpmRecords | undefined
  #depot: Promise<Depot> | undefined

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'npm.db')
  }

  /** Whether others must not have a blob: it came with credentials of this user. */
  isSecret(digest: Digest): boolean {
    return this.#isUsed && this.#open().isPrivate(digest)
  }

  /** An address of the own door, so that it is never asked as an upstream. */
  addDoor(url: string): void {
    this.#doors.add(url)
  }

  /** Answers peers, from when on anything is known here. */
  async answer(options: NpmDepotOptions, ...asked: Parameters<Depot['answer']>): Promise<Uint8Array> {
    return await (await this.open(options)).answer(...asked)
  }

  /** The depot, opened once. Throws `config-invalid`, `store-broken` and `disk-full`. */
  open(options: NpmDepotOptions): Promise<Depot> {
    this.#depot ??= this.#make(options).catch((error: unknown) => {
      this.#depot = undefined
      throw error
    })
    return this.#depot
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What is being opened is opened, so that it is closed again.
    await Promise.allSettled([this.#depot])
    await this.#opened.disposeAsync()
  }

  get #isUsed(): boolean {
    return this.#records !== undefined || existsSync(this.#path)
  }

  #open(): NpmRecords {
    return (this.#records ??= this.#opened.use(openNpmRecords(this.#path)))
  }

  async #make({ configuration, userAgent, openMarket, ...parts }: NpmDepotOptions): Promise<Depot> {
    const records = this.#open()
    const sources = this.#opened.use(await NpmSources.open({ configuration, userAgent, clock: systemClock, ownDoors: () => [...this.#doors] }))
    const forms = this.#opened.use(new FormThread())
    const ofNetwork = await openMarket()
    return this.#opened.use(new Depot({ ...parts, sources, records, ofNetwork, clock: systemClock, makeForm: forms.makeForm }))
  }
}
