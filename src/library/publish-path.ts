import { isGgenError, type OneRegistry, type Op } from '#core'
import type { NodeAccess } from './node-access.ts'
import type { Signer } from './publisher-keys.ts'
import type { PublishReceipt } from './types.ts'

/** Publishes of one package at the same time take each other's place in the feed; each round one of them gets through. */
const TRIES = 20

export interface Publishing {
  readonly access: Pick<NodeAccess, 'prepare' | 'commit'>
  readonly signer: Signer
  /** Who alone is told of it. */
  readonly tells?: OneRegistry
  readonly signal: AbortSignal
}

/**
 * Publishes what lies at an absolute path: the node packs, the signer signs what it was told that this is. A signal that aborts after it was signed does not
 * undo it: the node goes on by itself. Throws what `Marketplace.prepare` and `commit` throw.
 */
export const publishPath = async (path: string, publishing: Publishing): Promise<PublishReceipt> => {
  for (let left = TRIES; left > 1; left--) {
    try {
      return await publishOnce(path, publishing)
    } catch (error) {
      if (!isGgenError(error, 'publish-expired')) throw error
    }
  }
  return await publishOnce(path, publishing)
}

const publishOnce = async (path: string, { access, signer, signal, tells }: Publishing): Promise<PublishReceipt> => {
  const { identity, chain, publicKey: feed } = signer
  const prepared = await access.prepare({ path, identity, chain, feed, ...(tells !== undefined && { tells }) }, signal)
  if (prepared.state === 'published') return prepared.receipt
  const { payload, intent, name, version } = prepared
  const isExpected = (op: Op): boolean =>
    op.type === 'release' && op.identity === identity && op.feed === feed && op.body.name === name && op.body.version === version
  const signature = await signer.sign(payload, isExpected)
  return await access.commit(intent, [{ key: feed, signature }], signal)
}
