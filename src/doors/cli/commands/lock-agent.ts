import { setTimeout as pause } from 'node:timers/promises'
import { LIMITS } from '#core'
import type { Context, Run } from './context.ts'

const LOOK_EVERY_MS = 25

/**
 * Ends the agent of this home folder, if there is one; resolves to its process when that is gone, so that another may start. The key is closed before: what
 * looks like that process for longer is another one.
 */
export const endAgent = async ({ world, places, deadline: { signal } }: Context): Promise<number | undefined> => {
  const pid = await (await world.openAgents()).client(places.agentSocketPath).lock(signal)
  const patience = performance.now() + LIMITS.agentStatusMs
  while (pid !== undefined && world.isAlive(pid) && performance.now() < patience) {
    await pause(LOOK_EVERY_MS)
    signal.throwIfAborted()
  }
  return pid
}

/** `ggen id lock`: closes the key that an agent holds. Needs no node; where there is no agent there is nothing to do. */
export const lockAgent = (): Run => async (context) => {
  const pid = await endAgent(context)
  return { kind: 'locked', value: pid === undefined ? { locked: false } : { locked: true, pid } }
}
