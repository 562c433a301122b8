import { GgenError, isGgenError } from '#core'
import type { Context } from './context.ts'
import type { Outcome, PublishedRelease } from './outcome.ts'

/** The least time that a node gets to find holders, however long the publish itself took. */
const LEAST_WAIT_MS = 1000

/**
 * Waits until as many other nodes hold what was just published, or the time of the command is over. The publish stands whatever comes of it:
 * what is missing becomes the failure beside the receipt, never an error instead of it.
 */
export const awaitReplicas = async (receipt: PublishedRelease, replicas: number, { client, deadline }: Context): Promise<Outcome> => {
  const { identity, name, version } = receipt
  const waitMs = Math.max(LEAST_WAIT_MS, Math.floor(deadline.leftMs()))
  // The node keeps the time from here, so that who holds it is known also when it is over.
  deadline.lift()
  try {
    const replication = await client.replicate({ spec: `@${identity}/${name}@${version}`, replicas, waitMs }, deadline.signal)
    const holders = Math.max(receipt.holders, replication.holders.length + 1)
    const outcome = { kind: 'published', value: { ...receipt, holders, replication } } as const
    return replication.holders.length >= replicas ? outcome : { ...outcome, failure: missing(replication.holders.length, replicas) }
  } catch (error) {
    if (!isGgenError(error)) throw error
    return { kind: 'published', value: receipt, failure: error }
  }
}

const missing = (held: number, wanted: number): GgenError => new GgenError('replicas-missing', `only ${held} of ${wanted} other nodes hold it`)
