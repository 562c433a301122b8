import { type MissedNews, type News, shortIdentity } from '#core'
import type { Look } from './look.ts'
import { plainText, shorten } from './plain-text.ts'
import { count, momentText } from './quantities.ts'

const GAP = '  '
const WHAT_COLUMNS = 11
const TEXT_COLUMNS = 20

/** What happened, in the words of people and in those of other programs. */
const whatOf = (news: News): { readonly said: string; readonly word: string } => {
  switch (news.type) {
    case 'package': return { said: 'new package', word: 'package' }
    case 'release': return { said: 'new release', word: 'release' }
    case 'status': return { said: news.state === 'live' ? 'live again' : news.state, word: news.state }
    case 'dropped': return { said: 'dropped', word: 'dropped' }
  }
}

/** Why, where the publisher says so; else what the package is. */
const textOf = (news: News): string => {
  if (news.type === 'dropped') return `${count(news.records, 'record')} of this publisher, for want of room`
  return news.type === 'status' && news.why !== undefined ? news.why : news.description
}

/** One line for each of the news; tab-separated cells for other programs, of which those of packages are empty where records were dropped. */
export const newsText = (news: News, look: Look): string => {
  const { said, word } = whatOf(news)
  const text = plainText(textOf(news))
  const [name, version] = news.type === 'dropped' ? ['', ''] : [news.name, news.version]
  if (!look.isTTY) return `${[String(news.heardAt), word, name, version, news.identity, text].join('\t')}\n`
  const subject = name === '' ? [] : [look.bold(`${name}@${version}`)]
  const before = [look.dim(momentText(news.heardAt)), said.padEnd(WHAT_COLUMNS), ...subject, shortIdentity(news.identity)]
  const width = [momentText(news.heardAt), said.padEnd(WHAT_COLUMNS), `${name}@${version}`, shortIdentity(news.identity), ''].join(GAP).length
  return `${[...before, shorten(text, Math.max(TEXT_COLUMNS, look.columns - width))].join(GAP).trimEnd()}\n`
}

/** That this reader was too slow. */
export const missedRemark = ({ count: missed }: MissedNews): string => `missed ${missed} here: they came faster than they could be shown`
