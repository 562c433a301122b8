import { setTimeout as after } from 'node:timers/promises'
import type { RunningNode } from './processes.ts'

/** Kills a node (SIGKILL) `ms` from now: the moment is the test's input, not a wait for something. */
export const killAfter = async (node: RunningNode, ms: number): Promise<void> => {
  await after(ms)
  await node.kill()
}
