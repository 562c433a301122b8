import type { StatusReply } from '#doors/control'
import type { CheckRow } from './commands/check-row.ts'
import { freshnessText } from './describe-freshness.ts'

const ADVICE = 'in a small or quiet network this is the usual state; else connect to peers of other networks with --bootstrap'

/** Whether something speaks for the catalogue being up to date. `undefined`: no node runs. */
export const checkFreshness = (status: Pick<StatusReply, 'evidence'> | undefined): readonly CheckRow[] => {
  if (status === undefined) return [{ check: 'freshness', state: 'unknown', finding: 'without a node nothing is compared with others' }]
  const finding = freshnessText(status.evidence)
  return [status.evidence.proven ? { check: 'freshness', state: 'ok', finding } : { check: 'freshness', state: 'warn', finding, advice: ADVICE }]
}
