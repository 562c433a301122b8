import { once } from 'node:events'
import { type AgentEnd, type Confirm, type HandOver, readHandOver } from '#doors/agent'
import type { Context, Run } from './context.ts'

export interface HoldOptions {
  readonly confirm?: Confirm
  /** Aborts when the process is to end. */
  readonly signal: AbortSignal
}

/** Holds a key in this process until its time is over, somebody locks it, or the signal aborts. Prints when it can be asked. */
export const holdKey = async (handOver: HandOver, { confirm, signal }: HoldOptions, { world, places, print }: Context): Promise<AgentEnd> => {
  const keystore = await world.openKeystore(places.home)
  const agents = await world.openAgents()
  await using held = await agents.hold({ handOver, keystore, socketPath: places.agentSocketPath, confirm, pid: process.pid })
  print({ kind: 'unlocked', value: held.status })
  if (signal.aborted) return 'locked'
  const interrupted = once(signal, 'abort').then(() => 'locked' as const)
  return await Promise.race([held.ended, interrupted])
}

/** `ggen id agent`: what `ggen id unlock` leaves behind. The key comes through a pipe. */
export const beAgent = (): Run => async (context) => {
  const handOver = await readHandOver(context.world.stdin())
  context.deadline.lift()
  await holdKey(handOver, { signal: context.deadline.signal }, context)
  return undefined
}
