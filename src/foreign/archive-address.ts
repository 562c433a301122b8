import { FOREIGN_LIMITS } from './foreign-limits.ts'

const isWeb = (protocol: string): boolean => protocol === 'https:' || protocol === 'http:'

/**
 * Where an archive is that an index names, as a whole address; `undefined` for what leads nowhere. An index that came over HTTPS names nothing that comes over
 * less, one of the web no files, and one of a folder only files in it and what somebody else may have brought from the web.
 */
export const archiveAddress = (text: string | undefined, index: URL): string | undefined => {
  if (text === undefined || text.length > FOREIGN_LIMITS.addressChars) return undefined
  const url = URL.parse(text, index.href)
  if (url === null || url.username !== '' || url.password !== '') return undefined
  url.hash = ''
  if (url.protocol === 'file:') return index.protocol === 'file:' && isBelow(url, index) ? url.href : undefined
  if (!isWeb(url.protocol) || (index.protocol === 'https:' && url.protocol !== 'https:')) return undefined
  return url.href
}

const isBelow = (file: URL, index: URL): boolean => file.host === index.host && file.pathname.startsWith(new URL('.', index).pathname)
