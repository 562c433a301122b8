import { type GgenEvent, shortIdentity } from '#core'
import type { PeerReply, StatusReply } from '#doors/control'
import type { NodeReady } from './commands/world.ts'
import { freshnessText } from './describe-freshness.ts'
import { deliveriesText } from './describe-targets.ts'
import { flowFields } from './describe-limits.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, durationText, momentText, sizeText } from './quantities.ts'
import { type Column, fieldsText, tableText } from './table.ts'

/** What runs now, where it can be reached, and what to type next. */
export const readyText = ({ peerId, addresses, home }: NodeReady, logPath: string | undefined, look: Look): string => {
  const places = addresses.length === 0 ? ['no address: it only dials'] : addresses
  const reachable = places.map((place, index) => [index === 0 ? 'listens on' : '', place] as const)
  const next = [
    [`${look.command} publish FOLDER`, 'share a package'],
    [`${look.command} search WORDS`, 'find one'],
    [`${look.command} install NAME`, 'get it'],
    [logPath === undefined ? 'Ctrl-C' : `${look.command} p2p stop`, 'stop this node'],
  ] as const
  return [
    `${look.bold('a node is running')} for ${plainText(home)}\n\n`,
    fieldsText([['node', peerId], ...reachable, ['log', logPath]], look),
    '\n',
    fieldsText(next, look),
  ].join('')
}

/** What a publisher says of its releases since: `tool 1.2.0 is yanked: it loses data`. */
const statusChangedText = ({ name, version, state, why }: Extract<GgenEvent, { readonly type: 'status-changed' }>): string =>
  `${version === '*' ? `all of ${name}` : `${name} ${version}`} is ${state}${why === undefined ? '' : `: ${plainText(why)}`}`

/** One line about an event that people want to see; `undefined` for the others. */
export const eventText = (event: GgenEvent): string | undefined => {
  switch (event.type) {
    case 'peer-connected': return `peer ${event.peer} connected${event.address === undefined ? '' : ` (${event.address})`}`
    case 'peer-disconnected': return `peer ${event.peer} left`
    case 'release-added': return `${event.name} ${event.version} is ${event.source === 'own' ? 'published' : 'new in the catalogue'}`
    case 'status-changed': return statusChangedText(event)
    case 'blob-fetched': return `fetched ${sizeText(event.sizeBytes)} from ${count(event.peers, 'peer')} in ${event.durationMs} ms`
    case 'peer-banned': return `peer ${event.peer} is banned${event.reason === '' ? '' : `: ${plainText(event.reason)}`}`
    case 'task-failed': return `${event.task} failed: ${plainText(event.message)} (${event.code})`
    case 'npm-copies-changed':
      return `${plainText(event.lockfile)}: at least ${event.lowest} on other nodes; ${Math.floor(event.share * 100)} % of the archives have ${event.wanted}`
    case 'npm-refused': return `${plainText(event.what)} is not what it was, or not from whom it should be: ${plainText(event.why)}`
    case 'advisory-accepted':
      return `${event.name} ${event.version} was accepted, although ${shortIdentity(event.by)} advises against it (${plainText(event.severity)})`
    case 'downgrade-accepted': return `${event.name} ${event.version} is weaker than before (${event.downgrades.map(plainText).join(', ')}), and was accepted`
    case 'op-refused':
    case 'release-announced':
    case 'synced':
    case 'sync-progress':
    case 'sync-failed':
    case 'transfer-progress':
    case 'holder-failed': return undefined
  }
}

const FRESHNESS: Readonly<Record<StatusReply['freshness'], string>> = {
  synced: 'compared with a peer lately',
  syncing: 'being compared with a peer',
  alone: 'no peer to compare with',
}

const catchingText = ({ ops, of, opsPerSecond, remainingMs }: NonNullable<StatusReply['catching']>): string => {
  const percent = of === 0 ? 100 : Math.min(100, Math.floor((ops * 100) / of))
  const left = remainingMs === undefined ? '' : `, ${durationText(Math.ceil(remainingMs / 1000))} left`
  return `${ops} of ${count(of, 'record')} (${percent} %), ${Math.round(opsPerSecond)} a second${left}`
}

export const statusText = (status: StatusReply, look: Look): string =>
  fieldsText([
    ['node', status.peerId],
    ['up for', durationText(status.uptimeSeconds)],
    ['peers', String(status.peers)],
    ['catalogue', `${count(status.packages, 'package')}, ${count(status.releases, 'release')}; ${FRESHNESS[status.freshness]}`],
    ['fresh', freshnessText(status.evidence)],
    ['brought', status.catching && catchingText(status.catching)],
    ['holds', count(status.blobs, 'archive')],
    ['tells of', `${count(status.providerRecords, 'archive')} in the DHT`],
    ['to hand over', deliveriesText(status.pendingDeliveries)],
    ['topics', status.topics.join(', ')],
    ...flowFields(status),
  ], look)

const PEER_COLUMNS: readonly Column<PeerReply>[] = [
  { title: 'PEER', cell: ({ peerId }) => peerId },
  { title: 'DIRECTION', cell: ({ direction }) => direction },
  {
    title: 'LATENCY', align: 'right',
    cell: ({ latencyMs }) => (latencyMs === undefined ? '-' : `${Math.round(latencyMs)} ms`),
    whole: ({ latencyMs }) => (latencyMs === undefined ? '' : String(latencyMs)),
  },
  {
    title: 'SCORE', align: 'right',
    cell: ({ score }) => (score === undefined ? '-' : score.toFixed(2)),
    whole: ({ score }) => (score === undefined ? '' : String(score)),
  },
  { title: 'SINCE', cell: ({ since }) => momentText(since), whole: ({ since }) => String(since) },
  { title: 'ADDRESS', cell: ({ address }) => address ?? '-', whole: ({ address }) => address ?? '' },
]

export const peersText = (peers: readonly PeerReply[], look: Look): string => (peers.length === 0 ? '' : tableText(peers, PEER_COLUMNS, look))
