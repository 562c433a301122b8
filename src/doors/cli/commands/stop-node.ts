import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from './context.ts'

const LOOK_EVERY_MS = 50

/** `ggen p2p stop`: resolves when the process of the node is gone, so that another may start. */
export const stopNode =
  (): Run =>
  async ({ world, client, deadline }) => {
    const { signal } = deadline
    const { pid } = await client.health(signal)
    await client.stop(signal)
    while (world.isAlive(pid)) {
      await pause(LOOK_EVERY_MS)
      signal.throwIfAborted()
    }
    return { kind: 'stopped', value: { stopped: true, pid } }
  }
