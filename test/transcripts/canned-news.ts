import type { News, OpId } from '#core'
import type { SignedPackage, WatchWish } from '#marketplace'

const HEARD_AT = 1_795_232_960_000
const OP = `bafyreid${'4q'.repeat(25)}a` as OpId

/** What becomes known while somebody watches, always the same: a release of each package, and then the end of an old one. */
const newsOf = (packages: readonly SignedPackage[]): readonly News[] =>
  packages.flatMap(({ name, identity, version, versions, summary, publishedAt }, index): readonly News[] => {
    const { description, category, tags } = summary
    const heard = { description, category, tags, op: OP, signedAt: publishedAt, heardAt: HEARD_AT + index * 60_000, source: 'gossip' } as const
    const isFirst = versions.length === 1
    const old = versions.find(({ standing }) => standing === 'yanked')
    const released: News = { type: isFirst ? 'package' : 'release', name, version, identity, ...heard }
    return old === undefined ? [released] : [released, { type: 'status', name, version: old.version, identity, state: 'yanked', why: 'leaks memory', ...heard }]
  })

const isWanted = (news: News, { words, names, types, states }: WatchWish): boolean =>
  news.type !== 'dropped' &&
  words.every((word) => `${news.name} ${news.description}`.toLowerCase().includes(word.toLowerCase())) &&
  (names === undefined || names.includes(news.name)) &&
  (types === undefined || types.includes(news.type)) &&
  (states === undefined || (news.type === 'status' && states.includes(news.state)))

/** Tells all of it at once, and then waits for the end. */
export const cannedNews = async function* (packages: readonly SignedPackage[], wish: WatchWish, signal: AbortSignal): AsyncGenerator<News> {
  yield* newsOf(packages).filter((news) => isWanted(news, wish))
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
