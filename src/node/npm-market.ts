import { join } from 'node:path'
import type { Config } from '#config'
import type { MarketHit, OfNetwork } from '#depot'
import type { NodeMarketplace } from '#marketplace'
import { systemRandom } from '#node/system'
import { makeSigningKey, parseSigningKey, routeOf, type SigningKey, writeSigningKey } from '#npm'
import { openSecretFile } from '#store/disk'

/** A key on P-256 as PEM has some 240 characters. */
const KEY_BYTES = 4096
const KEY_FILE = 'npm-signing.pem'

/** The packages of the network, for the clients of npm: which names are theirs, and what signs what they get of it. Throws `home-insecure`, `store-broken`. */
export const openMarket = async (
  marketplace: Pick<NodeMarketplace, 'offering' | 'search'>, { npm: { routes }, home }: Pick<Config, 'npm' | 'home'>,
): Promise<OfNetwork> => {
  const { offering } = marketplace
  return {
    signingKey: await openSigningKey(join(home, 'keys')),
    has: (name) => routeOf(routes, name) === 'network',
    market: {
      of: (name, signal) => offering.of(name, signal),
      bring: (release, signal) => offering.bring(release, signal),
      take: (name, version, signal) => offering.take(name, version, signal),
      search: async (words, limit, signal) => {
        const { results } = await marketplace.search({ words, limit }, signal)
        return results.map(({ name, version, description, tags, score, identity }): MarketHit =>
          ({ name, version, description, tags, score, ...(identity !== undefined && { identity }) }))
      },
    },
  }
}

/** The key of this home, which is made when it is needed for the first time. */
export const openSigningKey = async (folder: string): Promise<SigningKey> => {
  const file = openSecretFile(folder, KEY_FILE, KEY_BYTES)
  const kept = await file.read()
  if (kept !== undefined) return parseSigningKey(Buffer.from(kept).toString('utf8'))
  const made = makeSigningKey(systemRandom)
  await file.create(Buffer.from(writeSigningKey(made).reveal()))
  return made
}
