import { createHash } from 'node:crypto'
import { packArchive } from '#archive'
import { Events, GgenError, sha512FromBytes } from '#core'
import { Depot, type Market, Source } from '#depot'
import type { LockedPackage } from '#flow/install'
import type { PublishReceipt } from '#marketplace'
import { memoryHub, type Network } from '#network'
import { makeForm, makeSigningKey, parseNpmName, parseNpmVersion, type SigningKey, signVersion, tarballPath, toRegistryKey, writeRegistryKeys } from '#npm'
import type { HttpAnswer, HttpClient, HttpQuestion } from '#registry'
import { type BlobStore, memoryBlobStore, memoryNpmRecords, memoryTrustStore, type NpmRecords } from '#store'
import { openMarketplace, seeded, TestClock, type TestMarketplace } from '#testing'
import { going } from './bundle-samples.conformance.ts'
import type { BundleParts } from './bundle-parts.ts'

export const SOURCE = 'https://registry.example/'

export const integrityOf = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`

/** The archive of a package of npm that has nothing but its manifest. */
export const packed = async (name: string, version: string, more: object = {}): Promise<Uint8Array> => {
  const manifest = Buffer.from(JSON.stringify({ name, version, ...more }))
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield manifest
  }
  return Buffer.concat(await Array.fromAsync(packArchive([{ path: 'package.json', executable: false, sizeBytes: manifest.length, content }])))
}

/** A registry that signs, or does not. */
export class SigningRegistry implements HttpClient {
  readonly #packages = new Map<string, Map<string, Uint8Array>>()
  key: SigningKey | undefined = makeSigningKey(seeded('registry'))
  isDown = false

  add(name: string, version: string, archive: Uint8Array): void {
    const versions = this.#packages.get(name) ?? new Map<string, Uint8Array>()
    this.#packages.set(name, versions.set(version, archive))
  }

  async ask({ path }: HttpQuestion): Promise<HttpAnswer> {
    if (this.isDown) throw new GgenError('registry-unreachable', 'registry.example cannot be reached')
    const bytes = this.#answer(decodeURIComponent(path))
    const body = async function* (): AsyncGenerator<Uint8Array> {
      if (bytes !== undefined) yield bytes
    }
    return { status: bytes === undefined ? 404 : 200, header: () => undefined, body: body(), cancel: () => undefined }
  }

  [Symbol.dispose](): void {
    this.#packages.clear()
  }

  #answer(path: string): Uint8Array | undefined {
    if (path === '-/npm/v1/keys') return this.key === undefined ? undefined : Buffer.from(writeRegistryKeys([toRegistryKey(this.key)]))
    for (const [name, versions] of this.#packages) {
      const manifests = Object.fromEntries(Array.from(versions, ([version, bytes]) => [version, this.#manifest(name, version, bytes)]))
      if (path === name) return Buffer.from(JSON.stringify({ name, versions: manifests, time: { '1.0.0': '2026-01-02T03:04:05.000Z' } }))
      for (const [version, bytes] of versions) {
        if (path === `${name}/${version}`) return Buffer.from(JSON.stringify(manifests[version]))
        if (path === tarballPath(parseNpmName(name), version)) return bytes
      }
    }
    return undefined
  }

  #manifest(name: string, version: string, bytes: Uint8Array): object {
    const said = { name: parseNpmName(name), version: parseNpmVersion(version), integrity: integrityOf(bytes) }
    const signatures = this.key === undefined ? [] : [signVersion(said, this.key)]
    return { name, version, dist: { integrity: said.integrity, tarball: `${SOURCE}${tarballPath(said.name, version)}`, signatures } }
  }
}

/** A node that nobody else is connected to, in memory. */
export interface Place extends AsyncDisposable {
  readonly parts: BundleParts
  readonly depot: Depot
  readonly records: NpmRecords
  readonly blobs: BlobStore
  readonly market: TestMarketplace
}

export interface PlaceOptions {
  readonly registry: SigningRegistry
  readonly isPrivate?: boolean
  readonly isNetworkPrivate?: boolean
  /** Names that belong to the network. */
  readonly networkNames?: readonly string[]
}

/** Bundles ask the marketplace itself. */
const NO_MARKET: Market = {
  of: () => Promise.reject(new GgenError('internal', 'nobody asks for documents here')),
  bring: () => Promise.reject(new GgenError('internal', 'nobody looks into archives here')),
  take: () => Promise.reject(new GgenError('internal', 'nobody installs here')),
  search: () => Promise.reject(new GgenError('internal', 'nobody searches here')),
}

export const openPlace = async ({ registry, isPrivate = false, isNetworkPrivate = false, networkNames = [] }: PlaceOptions): Promise<Place> => {
  const [clock, blobs, records] = [new TestClock(), memoryBlobStore(), memoryNpmRecords()]
  const market = await openMarketplace({ hub: memoryHub({ clock }), clock, blobs })
  const source = new Source({ id: SOURCE, isPrivate, http: registry, clock })
  const depot = new Depot({
    sources: { of: () => source, usual: () => source, all: () => [source], scopes: () => new Map() },
    records, blobs, clock,
    network: { self: 'nobody', peers: () => [], onPeer: () => ({ [Symbol.dispose]: () => undefined }) } as unknown as Network,
    events: new Events(),
    makeForm: async (job) => makeForm(job),
    fetchFrom: async () => Promise.reject(new GgenError('no-holder', 'there are no peers')),
    isTeam: () => true,
    sharesPrivate: true,
    kept: memoryTrustStore().archives,
    withholds: () => false,
    claimants: () => [],
    policy: { acceptedKeys: new Set(), denied: [], minAgeMs: 0, believesTeam: false },
    ofNetwork: { has: (name) => networkNames.includes(name), market: NO_MARKET, signingKey: makeSigningKey(seeded('own')) },
  })
  const { marketplace } = market
  return {
    depot, records, blobs, market,
    parts: { packages: depot.carried, releases: marketplace.carried, marketplace, blobs, clock, isNetworkPrivate },
    [Symbol.asyncDispose]: async () => {
      await depot[Symbol.asyncDispose]()
      await source[Symbol.asyncDispose]()
      await market[Symbol.asyncDispose]()
      await blobs[Symbol.asyncDispose]()
    },
  }
}

/** The lock file of a project with these packages. */
export const lockOf = (packages: Readonly<Record<string, Uint8Array>>, optional: readonly string[] = []): string => {
  const entries = Object.entries(packages).map(([spec, bytes]) => {
    const at = spec.lastIndexOf('@')
    const [name, version] = [spec.slice(0, at), spec.slice(at + 1)]
    const resolved = `${SOURCE}${tarballPath(parseNpmName(name), version)}`
    return [`node_modules/${name}`, { version, resolved, integrity: integrityOf(bytes), ...(optional.includes(spec) && { optional: true }) }]
  })
  return JSON.stringify({ name: 'project', version: '1.0.0', lockfileVersion: 3, packages: { '': { name: 'project' }, ...Object.fromEntries(entries) } })
}

/** Whether npm would get an archive by its name at a place. */
export const install = async ({ depot }: Place, name: string, version: string): Promise<string> => {
  const tarball = await depot.tarball({ name: parseNpmName(name), version }, going)
  return integrityOf(Buffer.concat(await Array.fromAsync(tarball.read(going))))
}

/** What a lock has of a release; its second hash is not looked at here. */
export const lockedAs = ({ name, version, identity, digest, sizeBytes }: PublishReceipt): LockedPackage =>
  ({ name, version, identity, digest, sizeBytes, sha512: sha512FromBytes(new Uint8Array(64)), dependencies: [] })
