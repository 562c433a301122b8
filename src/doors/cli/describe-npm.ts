import type { NpmReply } from '#doors/control'
import type { Outcome } from './commands/outcome.ts'
import { npmKeptListText, npmKeptText } from './describe-npm-keep.ts'
import { npmReportText } from './describe-npm-report.ts'
import { npmProbeText } from './describe-npm-probe.ts'
import { npmWarmedText } from './describe-npm-warm.ts'
import { npmSetUpText } from './describe-npm-setup.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { sizeText } from './quantities.ts'
import { fieldsText } from './table.ts'

/** Where package managers ask, and how to let them. */
export const npmText = ({ url, upstreams, cacheBytes }: Omit<NpmReply, 'token'>, look: Look): string =>
  `${fieldsText([['registry', url], ...upstreams.map((upstream): readonly [string, string] => ['behind it', upstream]), ['held', sizeText(cacheBytes)]], look)}
try it with: ${look.command} with npm ci\n`

type NpmOutcome = Extract<Outcome, {
  readonly kind:
    | 'npm' | 'npm-token' | 'npm-report' | 'npm-probe' | 'npm-warmed' | 'npm-kept' | 'npm-kept-list' | 'npm-unkept' | 'npm-set-up' | 'npm-taken-out' | 'ran'
}>

/** What people see of everything that has to do with package managers. A program that was run has spoken for itself. */
export const npmOutcomeText = (outcome: NpmOutcome, look: Look): { readonly result: string; readonly remark?: string } => {
  switch (outcome.kind) {
    case 'npm': return { result: npmText(outcome.value, look) }
    case 'npm-token': return { result: `${outcome.value.token}\n` }
    case 'npm-report':
      if (outcome.value.served.length > 0) return { result: npmReportText(outcome.value.installs, look) }
      return { result: '', remark: 'nobody has installed anything through this node' }
    case 'npm-probe': return { result: npmProbeText(outcome.value, look) }
    case 'npm-warmed': return { result: npmWarmedText(outcome.value, look) }
    case 'npm-kept': return { result: npmKeptText(outcome.value.kept, look) }
    case 'npm-kept-list':
      if (outcome.value.kept.length > 0) return { result: npmKeptListText(outcome.value, look) }
      return { result: '', remark: 'no lock file keeps anything here' }
    case 'npm-unkept': return { result: outcome.value.dropped.map((path) => `${plainText(path)} keeps nothing here any more\n`).join('') }
    case 'npm-set-up':
    case 'npm-taken-out': return npmSetUpText(outcome, look)
    case 'ran': return { result: '' }
  }
}
