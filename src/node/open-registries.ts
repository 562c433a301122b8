import { type Config, PUBLIC_NETWORK } from '#config'
import { isPackageName, type RegistryId, registryIdOf } from '#core'
import type { Registries } from '#marketplace'
import { systemClock } from '#node/system'
import { NamedRegistries, Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { globCovers } from '#trust'

/** Whom a node asks, as its operator configured it. Disposing closes what is open to servers. */
export const openRegistries = ({ registry, network }: Pick<Config, 'registry' | 'network'>): Registries & AsyncDisposable => {
  const { mode, prefer, privateNames } = registry
  const central = openCentral(registry)
  const named = new NamedRegistries((id) => openNamed(id, registry))
  return {
    order: prefer,
    asksPeers: mode !== 'central',
    ...(central !== undefined && { ...(mode === 'p2p' ? { spare: central } : { central }), hasToken: registry.token !== undefined }),
    named,
    namedTokens: new Set(registry.tokens.keys()),
    isPrivateName: (name) => isPackageName(name) && privateNames.some((pattern) => globCovers(pattern, name)),
    isNetworkPrivate: network !== PUBLIC_NETWORK,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([central?.[Symbol.asyncDispose](), named[Symbol.asyncDispose]()])
    },
  }
}

/** An index in a folder is no server: it is read by `ggen import`. */
const openCentral = ({ centralUrl, centralIsPrivate, token, timeoutMs, retries, cachePackages, cacheTtlMs }: Config['registry']): Upstream | undefined => {
  if (centralUrl === undefined || !/^https?:/.test(centralUrl)) return undefined
  const id = registryIdOf(new URL(centralUrl))
  const http = openHttpClient({ base: id, ...(token !== undefined && { token }) })
  return new Upstream({
    id, http, name: 'central', clock: systemClock, isPrivate: centralIsPrivate, timeoutMs, retries, cacheAnswers: cachePackages, cacheTtlMs,
  })
}

/** Each gets the token that is for its address, and what is private is told to nobody who was only named. */
const openNamed = (id: RegistryId, { tokens, timeoutMs, retries, cachePackages, cacheTtlMs }: Config['registry']): Upstream => {
  const token = tokens.get(id)
  return new Upstream({
    id, http: openHttpClient({ base: id, ...(token !== undefined && { token }) }), name: id, clock: systemClock, isPrivate: false, timeoutMs, retries,
    cacheAnswers: cachePackages, cacheTtlMs,
  })
}
