import type { CiStarted, CiStopped } from './commands/ci.ts'
import type { Outcome } from './commands/outcome.ts'
import { FROM, npmReportText } from './describe-npm-report.ts'
import type { Look } from './look.ts'
import { count, sizeText } from './quantities.ts'
import { shellWord } from './shell-word.ts'
import { fieldsText } from './table.ts'

/** Lines that a shell can run, and nothing else. */
export const exportText = ({ variables }: Pick<CiStarted, 'variables'>): string =>
  Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}\n`).join('')

/** A node for one job. */
export const ciStartedText = ({ url, upstreams, network, pid, home, variables }: CiStarted, look: Look): string =>
  `${fieldsText([
    ['registry', url], ...upstreams.map((upstream): readonly [string, string] => ['behind it', upstream]),
    ...(network === undefined ? [] : [['network', network] as const]), ['home', home], ['process', String(pid)],
  ], look)}\nfor the steps of the job:\n${exportText({ variables })}`

/** How much came from where while it ran. */
export const ciStoppedText = ({ from, installs }: CiStopped, look: Look): string => {
  const rows = from.map(({ from: where, archives, bytes }): readonly [string, string] => [FROM[where], `${count(archives, 'archive')}, ${sizeText(bytes)}`])
  return rows.length === 0 ? '' : `${fieldsText(rows, look)}\n${npmReportText(installs, look)}`
}

type CiOutcome = Extract<Outcome, { readonly kind: 'ci-started' | 'ci-stopped' }>

/** What people, and shells, see of the node of a job. */
export const ciOutcomeText = (outcome: CiOutcome, look: Look): { readonly result: string; readonly remark?: string } => {
  if (outcome.kind === 'ci-started') return { result: outcome.isExport ? exportText(outcome.value) : ciStartedText(outcome.value, look) }
  const { stopped, from } = outcome.value
  if (!stopped) return { result: '', remark: 'no node was running: it may have ended by itself' }
  const remark = from.length === 0 ? 'nobody has installed anything through the node; it has stopped' : 'the node has stopped'
  return { result: ciStoppedText(outcome.value, look), remark }
}
