import type { Flags } from '#config'
import type { Run } from './context.ts'
import { readConfig } from './read-config.ts'
import { isProgress, refuseSecondNode } from './start-node.ts'
import type { RegistryRequest } from './world.ts'

/**
 * `ggen registry serve`: runs a registry in this process until it is interrupted or stopped. Its time is over when it is not ready by then. Throws
 * `daemon-already-running`, `port-in-use`, and what a wrong configuration throws.
 */
export const serveRegistry =
  (flags: Flags, request: RegistryRequest): Run =>
  async (context) => {
    const { world, deadline, print } = context
    const config = await readConfig(context, flags)
    for (const remark of config.remarks) context.say(remark)
    await refuseSecondNode(context)
    let ready = false
    await world.serveRegistry(config, request, {
      signal: deadline.signal,
      onReady: (value) => {
        ready = true
        deadline.lift()
        print({ kind: 'serving', value })
      },
      onEvent: (value) => {
        if (!isProgress(value)) print({ kind: 'event', value })
      },
    })
    if (!ready) deadline.signal.throwIfAborted()
    return undefined
  }
