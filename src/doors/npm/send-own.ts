import { GgenError, NPM_LIMITS, shortIdentity, toGgenError } from '#core'
import { bytesOf, type Depot, type MarketHit } from '#depot'
import { writeRegistryKeys } from '#npm'
import { type Conversation, sendJson } from './send.ts'

type Fields = Readonly<Record<string, unknown>>

/** Packages of the network in one answer. */
const HITS = 20

/** The keys that versions are signed with: those that the registry is known by, and that of this node for what is published to the network. */
export const sendKeys = async ({ response, signal }: Conversation, depot: Depot): Promise<void> => {
  const { ownKey } = depot
  const keys = [...(await depot.upstreamKeys(signal)), ...(ownKey === undefined ? [] : [ownKey])]
  if (keys.length === 0) throw new GgenError('registry-failed', 'the registry names no keys')
  sendJson(response, JSON.parse(writeRegistryKeys(keys)))
}

/** What matches words: in the network as far as names belong to it, and in the registry. */
export const sendSearch = async ({ response, signal }: Conversation, depot: Depot, query: string): Promise<void> => {
  const asked = new URLSearchParams(query)
  const words = (asked.get('text') ?? '').split(/\s+/).filter((word) => word !== '')
  const isFirstPage = Number(asked.get('from') ?? '0') === 0
  const own = isFirstPage && words.length > 0 ? (await depot.search(words, HITS, signal)).map(toObject) : []
  const theirs = Object(await ask(depot, `-/v1/search?${query}`, signal)) as Fields
  const objects = [...own, ...listIn(theirs, 'objects')]
  const total = typeof theirs['total'] === 'number' ? theirs['total'] + own.length : objects.length
  sendJson(response, { time: new Date(0).toUTCString(), ...theirs, objects, total })
}

const listIn = (value: unknown, key: string): readonly unknown[] => {
  const list = (Object(value) as Fields)[key]
  return Array.isArray(list) ? (list as readonly unknown[]) : []
}

/** What the registry says, where it says something: nobody must miss what the network has because it is down, or has no such thing. */
const ask = async (depot: Depot, path: string, signal: AbortSignal): Promise<unknown> => {
  try {
    const answer = await depot.sources.usual().ask({ method: 'GET', path, headers: { accept: 'application/json' } }, signal)
    const bytes = await bytesOf(answer, NPM_LIMITS.bodyBytes)
    return answer.status === 200 ? (JSON.parse(bytes.toString('utf8')) as unknown) : undefined
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof SyntaxError) && !toGgenError(error).kind.retryable) throw error
    return undefined
  }
}

/** npm needs the name of whoever maintains it. */
const toObject = ({ name, version, description, tags, identity, score }: MarketHit): Fields => {
  const maintainer = { username: identity === undefined ? 'unknown' : shortIdentity(identity), email: '' }
  return {
    package: { name, version, description, keywords: tags, links: {}, publisher: maintainer, maintainers: [maintainer] },
    score: { final: score, detail: { quality: score, popularity: score, maintenance: score } },
    searchScore: score,
  }
}
