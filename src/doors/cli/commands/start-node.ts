import { resolve } from 'node:path'
import { GgenError, type GgenEvent, isGgenError } from '#core'
import type { Config, Flags } from '#config'
import type { Context, Run } from './context.ts'
import { readConfig } from './read-config.ts'

export interface StartOptions {
  readonly flags: Flags
  readonly detach: boolean
  readonly timeoutSeconds: number
}

/** Throws `daemon-already-running`. */
export const refuseSecondNode = async ({ client, deadline, places }: Context): Promise<void> => {
  try {
    await client.health(deadline.signal)
  } catch (error) {
    if (isGgenError(error, 'daemon-not-running')) return
    throw error
  }
  throw new GgenError('daemon-already-running', `a node is already running for ${places.home}`)
}

/** Some a second for each transfer: a log would be full of them. Who watches a fetch gets them with its answer, and `status` tells of a sync. */
export const isProgress = ({ type }: GgenEvent): boolean => type === 'transfer-progress' || type === 'sync-progress'

const runHere = async (config: Config, { world, deadline, print }: Context): Promise<undefined> => {
  let ready = false
  await world.startNode(config, {
    signal: deadline.signal,
    onReady: (value) => {
      ready = true
      deadline.lift()
      print({ kind: 'ready', value })
    },
    onEvent: (value) => {
      if (!isProgress(value)) print({ kind: 'event', value })
    },
  })
  if (!ready) deadline.signal.throwIfAborted()
  return undefined
}

/** A detached node runs elsewhere. */
const fromHere = (flags: Flags, { environment }: Context): Flags =>
  flags.config === undefined ? flags : { ...flags, config: resolve(environment.platform.workingFolder, flags.config) }

/**
 * `ggen p2p start`: runs a node in this process until it is interrupted or stopped, or leaves one behind with `--detach`.
 * Its time is over when the node is not ready by then. Throws `daemon-already-running`, and what a wrong configuration throws.
 */
export const startNode =
  ({ flags: typed, detach, timeoutSeconds }: StartOptions): Run =>
  async (context) => {
    const flags = fromHere(typed, context)
    const config = await readConfig(context, flags)
    if (config.disabledBy !== undefined) throw new GgenError('config-invalid', `${config.disabledBy}: is false, so there is no node to start`)
    for (const remark of config.remarks) context.say(remark)
    await refuseSecondNode(context)
    if (!detach) return await runHere(config, context)
    const { startDetached } = await import('./start-detached.ts')
    return { kind: 'ready', value: await startDetached({ flags, timeoutSeconds }, context), detachedLogPath: config.logPath }
  }
