import type { GgenError } from '#core'
import type { HealthReply, PeerReply, StatusReply } from '#doors/control'
import type { CheckRow } from './commands/check-row.ts'

/** A node, as far as it answers. */
export type NodeFacts =
  | { readonly state: 'absent' }
  | { readonly state: 'broken'; readonly error: GgenError }
  | { readonly state: 'running'; readonly health: HealthReply; readonly status: StatusReply; readonly peers: readonly PeerReply[] }

const RESTART = 'start it again: ggen p2p stop, ggen p2p start --detach'

/** Whether a node runs, and is this program. `version`: of this program. */
export const checkNode = (node: NodeFacts, version: string): readonly CheckRow[] => {
  if (node.state === 'absent') return [{ check: 'node', state: 'warn', finding: 'no node is running', advice: 'start it: ggen p2p start --detach' }]
  if (node.state === 'broken') return [{ check: 'node', state: 'fail', finding: node.error.message, advice: node.error.hint }]
  const { pid, version: theirs } = node.health
  if (theirs !== version) return [{ check: 'node', state: 'warn', finding: `process ${pid} runs version ${theirs}, and this is ${version}`, advice: RESTART }]
  return [{ check: 'node', state: 'ok', finding: `process ${pid} runs version ${theirs}` }]
}
