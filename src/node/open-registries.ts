import type { Config } from '#config'
import { isPackageName, registryIdOf } from '#core'
import type { Registries } from '#marketplace'
import { systemClock } from '#node/system'
import { Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { globCovers } from '#trust'

/** Whoever knows the name of the public network may join it. */
const PUBLIC_NETWORK = 'main'

/** Whom a node asks, as its operator configured it. Disposing closes what is open to servers. */
export const openRegistries = ({ registry, network }: Pick<Config, 'registry' | 'network'>): Registries & AsyncDisposable => {
  const { mode, prefer, privateNames } = registry
  const central = mode === 'p2p' ? undefined : openCentral(registry)
  return {
    order: prefer,
    asksPeers: mode !== 'central',
    ...(central !== undefined && { central, hasToken: registry.token !== undefined }),
    isPrivateName: (name) => isPackageName(name) && privateNames.some((pattern) => globCovers(pattern, name)),
    isNetworkPrivate: network !== PUBLIC_NETWORK,
    [Symbol.asyncDispose]: async () => {
      await central?.[Symbol.asyncDispose]()
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
