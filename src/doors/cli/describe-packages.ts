import { shortIdentity } from '#core'
import type { PackageReply, SignedReply } from '#doors/control'
import type { Outcome } from './commands/outcome.ts'
import type { InstalledPackage } from './commands/world.ts'
import { targetFields } from './describe-targets.ts'
import { adviceText, blockText } from './describe-following.ts'
import { replicationFields } from './describe-pins.ts'
import { signaturesText } from './describe-staged.ts'
import { voucherText, vouchedText } from './describe-vouched.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText, sizeText } from './quantities.ts'
import { type Column, fieldsText, tableText } from './table.ts'

const standingText = ({ standing, why }: SignedReply): string => plainText(why === undefined ? standing : `${standing}: ${why}`)

const contentText = ({ sizeBytes, dependencies, bins, scripts }: SignedReply): string =>
  [
    sizeText(sizeBytes),
    count(dependencies, 'dependency', 'dependencies'),
    ...(bins === 0 ? [] : [count(bins, 'program')]),
    ...(scripts ? ['install scripts (ggen never runs them)'] : []),
  ].join(', ')

export const packageText = (reply: PackageReply, look: Look): string => (reply.identity === undefined ? vouchedText(reply, look) : signedText(reply, look))

const signedText = (reply: SignedReply, look: Look): string => {
  const { name, version, identity, summary, versions } = reply
  const others = versions.map((other) => (other.standing === 'live' ? other.version : `${other.version} (${other.standing})`)).join(', ')
  const headline = `${look.bold(`${name} ${version}`)}${reply.standing === 'live' ? '' : `  ${look.red(standingText(reply))}`}\n`
  const warnings = [...(reply.blocked === undefined ? [] : [blockText(reply.blocked)]), ...(reply.advice ?? []).map(adviceText)]
  const warned = warnings.map((warning) => `${look.red(warning)}\n`).join('')
  const description = plainText(summary.description === '' ? summary.title : summary.description)
  const fields = fieldsText([
    ['publisher', `${shortIdentity(identity)} (${identity})`],
    ['mirror of', reply.mirror?.of],
    ['author', summary.author],
    ['license', summary.license],
    ['category', summary.category],
    ['tags', summary.tags.join(', ')],
    ['published', momentText(reply.publishedAt * 1000)],
    ['content', contentText(reply)],
    ['digest', reply.digest],
    ['held by', count(reply.holders, 'node')],
    ['versions', others],
    ['install', `ggen install ${name}`],
  ], look)
  return `${headline}${warned}${description === '' ? '' : `${description}\n`}\n${fields}`
}

export const receiptText = (receipt: Extract<Outcome, { kind: 'published' }>['value'], look: Look): string => {
  const { name, version, identity, digest, sizeBytes, holders, replication, staged, targets = [] } = receipt
  const isSafe = targets.some(({ state }) => state === 'stored')
  const alone = holders <= 1 && !isSafe ? '; keep it running until others have the package' : ''
  const fields = fieldsText([
    ['publisher', `${shortIdentity(identity)} (${identity})`],
    ['archive', `${sizeText(sizeBytes)}, ${digest}`],
    ['held by', `${holders > 1 ? count(holders, 'node') : isSafe ? 'this node, and the registry' : 'this node alone'}${alone}`],
    ...targetFields(targets),
    ...(replication === undefined ? [] : replicationFields(replication)),
    staged === undefined ? ['install', `ggen install ${name}`] : ['signatures', `${signaturesText(staged)}; approve it: ggen approve ${name}@${version}`],
  ], look)
  const verb = staged === undefined ? 'published' : 'staged'
  return `${verb} ${look.bold(`${name} ${version}`)}\n\n${fields}`
}

const INSTALLED_COLUMNS: readonly Column<InstalledPackage>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => version },
  {
    title: 'PUBLISHER',
    cell: voucherText,
    whole: ({ identity, source = '' }) => identity ?? source,
  },
  { title: 'PATH', cell: ({ path }) => path },
]

export const listText = (packages: readonly InstalledPackage[], look: Look): string =>
  packages.length === 0 ? '' : tableText(packages, INSTALLED_COLUMNS, look)
