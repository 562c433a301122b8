import { join } from 'node:path'
import type { Config } from '#config'
import { isPackageName, parseRegistryAddress, type RegistryId } from '#core'
import { openForeignSource, openKindMemory, openMirror, mirrorId } from '#foreign/source'
import type { Registries } from '#marketplace'
import { systemClock } from '#node/system'
import { ForeignRegistry, NamedRegistries, Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { globCovers } from '#trust'

type RegistryConfig = Pick<Config, 'registry' | 'isNetworkPrivate' | 'home'>

/** Whom a node asks, as its operator configured it. Disposing closes what is open to servers. */
export const openRegistries = (config: RegistryConfig): Registries & AsyncDisposable => {
  const { registry, isNetworkPrivate } = config
  const { mode, prefer, privateNames, centralUrl, token } = registry
  const central = centralUrl === undefined ? undefined : openCentral(parseRegistryAddress(centralUrl), config)
  const named = new NamedRegistries((id) => openNamed(id, config))
  return {
    order: prefer,
    asksPeers: mode !== 'central',
    ...(central !== undefined && { ...(mode === 'p2p' ? { spare: central } : { central }), hasToken: token !== undefined }),
    named,
    namedTokens: new Set(registry.tokens.keys()),
    isPrivateName: (name) => isPackageName(name) && privateNames.some((pattern) => globCovers(pattern, name)),
    isNetworkPrivate,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([central?.[Symbol.asyncDispose](), named[Symbol.asyncDispose]()])
    },
  }
}

interface Opening {
  readonly config: RegistryConfig
  readonly name: string
  readonly isPrivate: boolean
  /** It is for that address alone. */
  readonly token?: string
}

const openCentral = (id: RegistryId, config: RegistryConfig): Upstream => {
  const { centralIsPrivate, token } = config.registry
  return openUpstream(id, { config, name: 'central', isPrivate: centralIsPrivate, ...(token !== undefined && { token }) })
}

/** Each gets the token that is for its address, and what is private is told to nobody who was only named. */
const openNamed = (id: RegistryId, config: RegistryConfig): Upstream => {
  const token = config.registry.tokens.get(id)
  return openUpstream(id, { config, name: id, isPrivate: false, ...(token !== undefined && { token }) })
}

const openUpstream = (id: RegistryId, { config, name, isPrivate, token }: Opening): Upstream => {
  const { timeoutMs, retries, cachePackages, cacheTtlMs } = config.registry
  const usual = { id, name, clock: systemClock, isPrivate, timeoutMs, retries, cacheAnswers: cachePackages, cacheTtlMs }
  // Nobody hears what is looked for in a folder.
  const registry = openForeign(id, config, isPrivate || isFolder(id))
  if (isFolder(id)) return new Upstream({ ...usual, foreign: { registry } })
  const memory = openKindMemory(join(config.home, 'mirrors', 'kinds'), id)
  return new Upstream({ ...usual, http: openHttpClient({ base: id, ...(token !== undefined && { token }) }), foreign: { registry, memory } })
}

const isFolder = (id: RegistryId): boolean => id.startsWith('file:')

const openForeign = (id: RegistryId, { home, registry: { timeoutMs, retries, cacheTtlMs } }: RegistryConfig, isPrivate: boolean): ForeignRegistry => {
  const mirrors = join(home, 'mirrors')
  const source = openForeignSource(id, { workingFolder: home, memory: join(mirrors, 'indexes') })
  return new ForeignRegistry({
    source, isPrivate,
    openMirror: () => openMirror(join(mirrors, mirrorId(source.home))),
    clock: systemClock,
    patientMs: timeoutMs * (retries + 1),
    // To look into a folder costs nothing.
    ttlMs: isFolder(id) ? 0 : cacheTtlMs,
  })
}
