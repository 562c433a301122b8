import { createHash } from 'node:crypto'
import { type Artifact, Events, type GgenEvent, GgenError, type PeerId } from '#core'
import { makeForm, parseNpmName, parseNpmVersion, type SigningKey, signVersion, toRegistryKey, writeRegistryKeys } from '#npm'
import type { Network } from '#network'
import type { HttpAnswer, HttpClient, HttpQuestion } from '#registry'
import { memoryBlobStore, memoryNpmRecords, memoryTrustStore } from '#store'
import { TestClock } from '#testing'
import type { GiverShares } from './brought.ts'
import { Depot } from './depot.ts'
import type { NpmPolicy } from './npm-policy.ts'
import { Source } from './source.ts'
import { inTime } from './team-scene.conformance.ts'

export const TOOL = parseNpmName('tool')
export const going: AbortSignal = new AbortController().signal

/** What a canned registry says to a path. */
export interface Said {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly chunks?: readonly Uint8Array[]
  /** It breaks off after its chunks. */
  readonly breaks?: boolean
}

const unreachable = (): GgenError => new GgenError('registry-unreachable', 'registry.example cannot be reached (canned)')

/** A registry as a table of paths. */
export class CannedRegistry implements HttpClient {
  readonly says = new Map<string, Said | (() => Said)>()
  readonly asked: HttpQuestion[] = []
  isDown = false

  async ask(question: HttpQuestion): Promise<HttpAnswer> {
    this.asked.push(question)
    const said = this.says.get(question.path)
    if (this.isDown) throw unreachable()
    const { status = 200, headers = {}, chunks = [], breaks = false } = (typeof said === 'function' ? said() : said) ?? { status: 404 }
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield* chunks
      if (breaks) throw unreachable()
    }
    return { status, header: (name) => headers[name], body: body(), cancel: () => undefined }
  }

  [Symbol.dispose](): void {
    this.says.clear()
  }

  /** Publishes a version of `tool` with these bytes. */
  publish(version: string, bytes: Uint8Array, { signed = true }: { readonly signed?: boolean } = {}): void {
    const dist = {
      tarball: `https://registry.example/tool/-/tool-${version}.tgz`, integrity: integrityOfBytes(bytes),
      ...(signed && { signatures: [{ keyid: 'k', sig: 's' }] }),
    }
    const manifest = { name: 'tool', version, dist }
    const document = { name: 'tool', 'dist-tags': { latest: version }, time: { modified: '2026-01-01T00:00:00.000Z' }, versions: { [version]: manifest } }
    this.says.set('tool', { headers: { etag: `"${version}"` }, chunks: [Buffer.from(JSON.stringify(document))] })
    this.says.set(`tool/${version}`, { chunks: [Buffer.from(JSON.stringify(manifest))] })
    this.says.set(`tool/-/tool-${version}.tgz`, { chunks: [bytes.subarray(0, 3), bytes.subarray(3)] })
  }

  /** Shows these keys. */
  listKeys(...keys: readonly SigningKey[]): void {
    this.says.set('-/npm/v1/keys', { chunks: [Buffer.from(writeRegistryKeys(keys.map(toRegistryKey)))] })
  }

  /** Publishes `tool` with these versions, the archive of each being its number in words, each signed with a key. */
  publishSigned(versions: Readonly<Record<string, SigningKey>>): void {
    const manifests = Object.entries(versions).map(([version, key]) => {
      const bytes = Buffer.from(`bytes of ${version}`)
      this.publish(version, bytes)
      const signed = { name: TOOL, version: parseNpmVersion(version), integrity: integrityOfBytes(bytes) }
      const dist = { tarball: `https://registry.example/tool/-/tool-${version}.tgz`, integrity: signed.integrity, signatures: [signVersion(signed, key)] }
      this.says.set(`tool/${version}`, { chunks: [Buffer.from(JSON.stringify({ name: TOOL, version, dist }))] })
      return [version, { name: TOOL, version, dist }] as const
    })
    const document = { name: TOOL, 'dist-tags': { latest: Object.keys(versions).at(-1) }, versions: Object.fromEntries(manifests) }
    this.says.set('tool', { headers: { etag: `"${JSON.stringify(document).length}"` }, chunks: [Buffer.from(JSON.stringify(document))] })
  }

  /** Publishes `tool` with these versions, each at a time (Unix milliseconds), without signatures. */
  publishAt(versions: Readonly<Record<string, number>>): void {
    const manifests = Object.keys(versions).map((version) => {
      const bytes = Buffer.from(`bytes of ${version}`)
      this.publish(version, bytes, { signed: false })
      const dist = { tarball: `https://registry.example/tool/-/tool-${version}.tgz`, integrity: integrityOfBytes(bytes) }
      return [version, { name: TOOL, version, dist }] as const
    })
    const time = Object.fromEntries(Object.entries(versions).map(([version, at]) => [version, new Date(at).toISOString()]))
    const document = { name: TOOL, 'dist-tags': { latest: Object.keys(versions).at(-1) }, versions: Object.fromEntries(manifests), time }
    this.says.set('tool', { chunks: [Buffer.from(JSON.stringify({ ...document, time: { ...time, modified: '2026-01-01T00:00:00.000Z' } }))] })
  }

  asksFor(path: string): number {
    return this.asked.filter((question) => question.path === path).length
  }
}

export const integrityOfBytes = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`

/** Everything is offered. */
export const OPEN_POLICY: NpmPolicy = { acceptedKeys: new Set(), denied: [], minAgeMs: 0, believesTeam: false }

/** One depot over a canned registry; `others` are asked as peers. */
export class DepotScene implements AsyncDisposable {
  readonly clock = new TestClock()
  readonly registry: CannedRegistry
  readonly records = memoryNpmRecords()
  readonly trust = memoryTrustStore()
  readonly blobs = memoryBlobStore({ isKept: (digest) => this.trust.isKept(digest) })
  readonly others: DepotScene[] = []
  readonly source: Source
  readonly depot: Depot
  readonly self: PeerId
  /** Who gives the bytes of this size that a peer is asked for. */
  whoGives: (peer: PeerId, sizeBytes: number) => GiverShares = (peer, bytes) => [{ peer, bytes }]
  /** Everything that was told. */
  readonly told: GgenEvent[] = []
  readonly #watchers = new Set<() => void>()
  /** What was told as refused. */
  readonly refused: Extract<GgenEvent, { readonly type: 'npm-refused' }>[] = []

  constructor(registry = new CannedRegistry(), self = 'peer-a', policy = OPEN_POLICY) {
    this.registry = registry
    this.self = self as PeerId
    const { clock } = this
    this.source = new Source({ id: 'https://registry.example/', isPrivate: false, http: registry, clock })
    const network = {
      self: this.self,
      peers: () => this.others.map((other) => ({ peer: other.self, protocols: ['/ggen/npm/1'] })),
      onPeer: (listener: () => void) => {
        this.#watchers.add(listener)
        return { [Symbol.dispose]: () => this.#watchers.delete(listener) }
      },
      ask: (...[peer, , question, signal]: Parameters<Network['ask']>) => this.#other(peer).depot.answer(question, this.self, signal),
    } as unknown as Network
    const events = new Events()
    events.subscribe((event) => this.told.push(event))
    events.subscribe((event) => event.type === 'npm-refused' && this.refused.push(event))
    this.depot = new Depot({
      sources: { of: () => this.source, usual: () => this.source, scopes: () => new Map(), all: () => [this.source] },
      records: this.records, blobs: this.blobs, network, clock,
      events,
      makeForm: async (job) => makeForm(job),
      fetchFrom: (artifact, peer) => this.#copy(artifact, peer),
      isTeam: () => true,
      sharesPrivate: true,
      withholds: () => false,
      kept: this.trust.archives,
      policy,
      claimants: () => [],
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.depot[Symbol.asyncDispose]()
    await this.source[Symbol.asyncDispose]()
    await this.blobs[Symbol.asyncDispose]()
  }

  /** Whoever is connected from now on; this node hears that somebody came or went. */
  meets(...others: readonly DepotScene[]): void {
    this.others.splice(0, this.others.length, ...others)
    for (const hear of this.#watchers) hear()
  }

  /** All bytes of an archive, and where they came from. */
  async read(version: string): Promise<{ readonly bytes: string; readonly from: string }> {
    const tarball = await this.depot.tarball({ name: TOOL, version }, going)
    return { bytes: Buffer.concat(await Array.fromAsync(tarball.read(going))).toString(), from: tarball.brought().from }
  }

  /** What becomes of work that waits for time to pass. */
  async inTime<T>(work: Promise<T>): Promise<T> {
    return await inTime(this.clock, work)
  }

  #other(peer: PeerId): DepotScene {
    const other = this.others.find(({ self }) => self === peer)
    if (other === undefined) throw new GgenError('peer-unreachable', `${peer} is gone`)
    return other
  }

  async #copy({ digest, sizeBytes }: Artifact, peer: PeerId): Promise<{ readonly sources: GiverShares }> {
    await using writer = await this.blobs.create()
    for await (const chunk of this.#other(peer).blobs.stream(digest)) await writer.append(chunk)
    await writer.seal(digest)
    return { sources: this.whoGives(peer, sizeBytes) }
  }
}
