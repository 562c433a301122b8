import { readFileSync, statSync } from 'node:fs'
import { type Clock, GgenError, NPM_LIMITS } from '#core'
import { Source, type Sources } from '#depot'
import { type NpmName, type NpmSettings, type NpmVariables, readNpmSettings, type UpstreamAddress } from '#npm'
import { openHttpClient } from '#registry/http'

/** Where the npm configuration of a user lies. */
export interface NpmConfiguration {
  /** The environment: settings, and what files refer to. */
  readonly variables: NpmVariables
  readonly userFile: string
  readonly globalFile: string | undefined
  /** What npm asks where nobody says anything: the npm that is installed knows. Throws `config-invalid` where there is none. */
  readonly usualRegistry: () => Promise<string>
}

export interface NpmSourceOptions {
  readonly configuration: NpmConfiguration
  readonly clock: Clock
  /** Addresses of the own door: they are no upstreams. */
  readonly ownDoors: () => readonly string[]
  readonly userAgent: string
}

/** Files are looked at again after this: whoever changes one expects it to count, and a look costs a few microseconds. */
const LOOK_MS = 1000
const FILE_BYTES = 1024 * 1024

const read = (path: string): string | undefined => {
  try {
    if (statSync(path).size > FILE_BYTES) throw new GgenError('config-invalid', `${path} is too large for an .npmrc`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    if (error instanceof GgenError) throw error
    throw new GgenError('config-invalid', `${path} cannot be read`, { cause: error, hint: 'npm reads its registries from there: check who may read it' })
  }
}

/** The registries that a user's npm is configured with, read while the node runs. Disposing closes the connections to them. */
export class NpmSources implements Sources, AsyncDisposable {
  readonly #options: NpmSourceOptions
  readonly #usual: string
  readonly #sources = new Map<string, Source>()
  #texts: readonly (string | undefined)[] = []
  #settings: NpmSettings | undefined
  #lookedAt = -Infinity

  private constructor(options: NpmSourceOptions, usual: string) {
    this.#options = options
    this.#usual = usual
  }

  /** Reads the configuration for the first time. Throws `config-invalid`. */
  static async open(options: NpmSourceOptions): Promise<NpmSources> {
    const { usualRegistry } = options.configuration
    const sources = new NpmSources(options, NOBODY)
    const isSaid = sources.#now().registryOf('x' as NpmName) !== NOBODY
    return isSaid ? sources : new NpmSources(options, await usualRegistry())
  }

  of(name: NpmName): Source {
    const settings = this.#now()
    return this.#source(settings, settings.registryOf(name))
  }

  usual(): Source {
    const settings = this.#now()
    const [first] = settings.registries()
    if (first === undefined) throw new GgenError('config-invalid', 'npm is configured with no registry')
    return this.#source(settings, first)
  }

  scopes(): ReadonlyMap<string, Source> {
    const settings = this.#now()
    return new Map([...settings.scopes].map(([scope, address]) => [scope, this.#source(settings, address)]))
  }

  all(): readonly Source[] {
    const settings = this.#now()
    return settings.registries().map((address) => this.#source(settings, address))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#sources.values(), (source) => source[Symbol.asyncDispose]()))
  }

  #now(): NpmSettings {
    const { configuration: { variables, userFile, globalFile }, clock, ownDoors } = this.#options
    const now = clock.monotonic()
    if (this.#settings !== undefined && now - this.#lookedAt < LOOK_MS) return this.#settings
    const texts = [userFile, globalFile].map((path) => (path === undefined ? undefined : read(path)))
    this.#lookedAt = now
    if (this.#settings !== undefined && texts.every((text, place) => text === this.#texts[place])) return this.#settings
    const [user, global] = texts
    this.#texts = texts
    this.#settings = readNpmSettings({
      variables, ...(user !== undefined && { user }), ...(global !== undefined && { global }), defaultRegistry: this.#usual, ownDoors: ownDoors(),
    })
    return this.#settings
  }

  /** One for each address and what is shown there: who gets other credentials is somebody else. */
  #source(settings: NpmSettings, id: UpstreamAddress): Source {
    const { clock, userAgent } = this.#options
    const { authorization, certificate } = settings.credentialsFor(id) ?? {}
    const proxy = settings.proxyFor(id)?.reveal()
    const ca = settings.cafile === undefined ? settings.ca : [...settings.ca, read(settings.cafile) ?? '']
    const shown = JSON.stringify([id, authorization?.reveal(), certificate, proxy, ca, settings.strictSsl])
    const known = this.#sources.get(shown)
    if (known !== undefined) return known
    const http = openHttpClient({
      base: id, userAgent, followsElsewhere: true, connections: NPM_LIMITS.upstreamConnections, rejectUnauthorized: settings.strictSsl,
      ...(authorization !== undefined && { authorization: authorization.reveal() }),
      ...(certificate !== undefined && { cert: read(certificate.certfile) ?? '', key: read(certificate.keyfile) ?? '' }),
      ...(ca.length > 0 && { ca }),
      ...(proxy !== undefined && { proxy }),
    })
    const source = new Source({ id, isPrivate: authorization !== undefined || certificate !== undefined, http, clock })
    this.#sources.set(shown, source)
    return source
  }
}

/** Stands for what npm knows until it was asked; nothing answers there. */
const NOBODY = 'http://nobody.invalid/'
