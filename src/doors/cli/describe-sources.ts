import { shortIdentity, type SourceShare } from '#core'
import type { SourcesReply } from '#doors/control'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText, sizeText, spanText } from './quantities.ts'
import { type Column, fieldsText, tableText } from './table.ts'

const CARRIERS: Readonly<Record<SourceShare['carrier'], string>> = { tls: 'TLS', stream: 'libp2p stream', http: 'HTTP', file: 'folder', memory: 'memory' }

const SOURCE_COLUMNS: readonly Column<SourceShare>[] = [
  { title: 'FROM', cell: ({ peer }) => peer },
  { title: 'BYTES', align: 'right', cell: ({ bytes }) => sizeText(bytes), whole: ({ bytes }) => String(bytes) },
  { title: 'RATE', align: 'right', cell: ({ bytesPerSecond }) => `${sizeText(bytesPerSecond)}/s`, whole: ({ bytesPerSecond }) => String(bytesPerSecond) },
  { title: 'OVER', cell: ({ carrier }) => CARRIERS[carrier], whole: ({ carrier }) => carrier },
  { title: 'WHICH', cell: ({ ranges }) => ranges.map(([offset, length]) => `${offset}-${offset + length - 1}`).join(' ') },
]

const partText = (bytes: number): string | undefined => (bytes === 0 ? undefined : sizeText(bytes))

/** Who gave which bytes of an archive, how fast, and what made them trusted. Other programs get one line a source. */
export const sourcesText = (reply: SourcesReply, look: Look): string => {
  if (reply.origin !== 'fetched') return ''
  const { sources, resumedBytes, wastedBytes, durationMs, fetchedAt, proof } = reply
  const table = sources.length === 0 ? '' : tableText(sources, SOURCE_COLUMNS, look)
  if (!look.isTTY) return table
  const fields = fieldsText([
    ['fetched', `${momentText(fetchedAt)}, ${sizeText(reply.sizeBytes)} in ${spanText(durationMs)} from ${count(sources.length, 'peer')}`],
    ['was here', partText(resumedBytes)],
    ['in vain', partText(wastedBytes)],
    ['signed by', `${shortIdentity(proof.identity)} (${proof.identity})`],
    ['release', proof.release],
    ['sha256', reply.digest.replace('sha256:', '')],
    ['sha512', proof.sha512],
    ['pieces', proof.chunks],
  ], look)
  return `${look.bold(`${reply.name} ${reply.version}`)}\n${fields}${table === '' ? '' : `\n${table}`}`
}

/** Why there are no sources to show. */
export const sourcesRemark = (reply: SourcesReply): string | undefined => {
  const { name, version, origin } = reply
  switch (origin) {
    case 'fetched': return undefined
    case 'published': return `${name} ${version} was published here`
    case 'vouched': return `${plainText(reply.source)} vouches for the digest of ${name} ${version}; nobody signed it`
    case 'none': return `${name} ${version} was never fetched here`
  }
}
