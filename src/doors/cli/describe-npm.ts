import type { NpmReply, NpmServedReply, ServedReply } from '#doors/control'
import type { Outcome } from './commands/outcome.ts'
import { npmProbeText } from './describe-npm-probe.ts'
import { npmWarmedText } from './describe-npm-warm.ts'
import { npmSetUpText } from './describe-npm-setup.ts'
import type { Look } from './look.ts'
import { count, sizeText } from './quantities.ts'
import { fieldsText } from './table.ts'

/** Where package managers ask, and how to let them. */
export const npmText = ({ url, upstreams, cacheBytes }: Omit<NpmReply, 'token'>, look: Look): string =>
  `${fieldsText([['registry', url], ...upstreams.map((upstream): readonly [string, string] => ['behind it', upstream]), ['held', sizeText(cacheBytes)]], look)}
try it with: ${look.command} with npm ci\n`

const FROM: Readonly<Record<ServedReply['from'], string>> = {
  disk: 'from this disk', peer: 'from peers', network: 'of this network', upstream: 'from upstream', nowhere: 'not served',
}

/** Where the archives of the last installs came from, and what went wrong. */
export const npmReportText = ({ served }: NpmServedReply, look: Look): string => {
  const rows = (Object.keys(FROM) as readonly ServedReply['from'][]).flatMap((from): (readonly [string, string])[] => {
    const some = served.filter((one) => one.from === from)
    if (some.length === 0) return []
    const peers = new Set(some.flatMap(({ peer }) => peer ?? []))
    const whose = peers.size === 0 ? '' : ` (${count(peers.size, 'peer')})`
    return [[FROM[from], `${count(some.length, 'archive')}, ${sizeText(some.reduce((sum, { bytes }) => sum + bytes, 0))}${whose}`]]
  })
  const troubles = served.flatMap(({ name, version, trouble }) => (trouble === undefined ? [] : [`${name}@${version}: ${trouble}\n`]))
  return `${fieldsText(rows, look)}${troubles.slice(-SHOWN).join('')}`
}

/** Newest troubles that people see. */
const SHOWN = 10

type NpmOutcome = Extract<Outcome, { readonly kind: 'npm' | 'npm-token' | 'npm-report' | 'npm-probe' | 'npm-warmed' | 'npm-set-up' | 'npm-taken-out' | 'ran' }>

/** What people see of everything that has to do with package managers. A program that was run has spoken for itself. */
export const npmOutcomeText = (outcome: NpmOutcome, look: Look): { readonly result: string; readonly remark?: string } => {
  switch (outcome.kind) {
    case 'npm': return { result: npmText(outcome.value, look) }
    case 'npm-token': return { result: `${outcome.value.token}\n` }
    case 'npm-report':
      if (outcome.value.served.length > 0) return { result: npmReportText(outcome.value, look) }
      return { result: '', remark: 'nobody has installed anything through this node' }
    case 'npm-probe': return { result: npmProbeText(outcome.value, look) }
    case 'npm-warmed': return { result: npmWarmedText(outcome.value, look) }
    case 'npm-set-up':
    case 'npm-taken-out': return npmSetUpText(outcome, look)
    case 'ran': return { result: '' }
  }
}
