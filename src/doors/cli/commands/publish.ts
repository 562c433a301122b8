import { resolve } from 'node:path'
import { GgenError, isGgenError, type LookAlike, type Op, type PackageName } from '#core'
import type { PrepareQuestion, ReceiptReply } from '#doors/control'
import { awaitReplicas } from './await-replicas.ts'
import type { Context, Run } from './context.ts'
import type { PublishedRelease } from './outcome.ts'
import type { GuardOptions } from './passphrase.ts'
import { readIdentity } from './say-roles.ts'
import { openSigner, requireSigner, type Signer } from './signer.ts'
import { toldAlone, type WhomFlags } from './whom-to-ask.ts'

/** Publishes of one package at the same time take each other's place in the feed; each round one of them gets through. */
const TRIES = 20

/** A commit that was sent is finished by the node, whatever becomes of this process. */
const explainUnfinished = (error: unknown, name: string): unknown =>
  isGgenError(error, 'timeout') || isGgenError(error, 'cancelled')
    ? new GgenError(error.code, error.message, { cause: error, hint: `the node goes on by itself; look with: ggen info ${name}` })
    : error

/** `warn` hears of look-alikes before anything is signed. */
const publishOnce = async (wish: PublishWish, signer: Signer, { client, deadline, warn }: Publishing): Promise<ReceiptReply> => {
  const { identity, chain, publicKey: feed } = signer
  const prepared = await client.prepare({ ...wish, identity, chain, feed }, deadline.signal)
  if (prepared.state === 'published') return prepared.receipt
  const { payload, name, version, lookAlikes = [] } = prepared
  warn(name, lookAlikes)
  const isExpected = (op: Op): boolean =>
    op.type === 'release' && op.identity === identity && op.feed === feed && op.body.name === name && op.body.version === version
  const signature = await signer.sign({ payload, isExpected, why: `publish ${name} ${version}` })
  try {
    return await client.commit(prepared.intent, [{ key: feed, signature }], deadline.signal)
  } catch (error) {
    throw explainUnfinished(error, name)
  }
}

interface Publishing extends Pick<Context, 'client' | 'deadline'> {
  readonly warn: (name: PackageName, lookAlikes: readonly LookAlike[]) => void
}

/** Which folder or archive, and who alone is told of it. */
type PublishWish = Pick<PrepareQuestion, 'path' | 'tells'>

export interface PublishOptions extends GuardOptions, WhomFlags {
  /** How many other nodes must hold it before the command ends well; absent: it does not wait for any. */
  readonly replicas?: number
}

/** `ggen publish`: the node packs, this process signs. The node is asked first, so that no identity is made in vain. */
export const publish =
  (path: string, options: PublishOptions = {}): Run =>
  async (context) => {
    const { replicas } = options
    const tells = toldAlone(options)
    await context.client.health(context.deadline.signal)
    const signer = await openSigner(options, context)
    const absolute = resolve(context.environment.platform.workingFolder, path)
    const receipt = await publishInTurn({ path: absolute, ...(tells !== undefined && { tells }) }, signer, context)
    if (replicas !== undefined) return await awaitReplicas(receipt, replicas, context)
    const failure = tells === undefined ? undefined : missing(receipt)
    return { kind: 'published', value: receipt, ...(failure !== undefined && { failure }) }
  }

/** Why a registry that alone was to be told has it not. The release stands whatever comes of it. */
const missing = ({ targets = [] }: ReceiptReply): GgenError | undefined => {
  const target = targets.find(({ state }) => state !== 'stored')
  if (target === undefined) return undefined
  const { code, message, hint } = target.error ?? new GgenError('timeout', 'it did not take it in time')
  const further = target.state === 'pending' ? 'the node goes on trying; look with: ggen p2p status' : hint
  return new GgenError(code, `${target.target} has not got it: ${message}`, { hint: further })
}

/** `ggen stage`: as `publish`, from a machine whose signature alone is not enough. Throws `usage` where it would be. */
export const stage =
  (path: string): Run =>
  async (context) => {
    // Its owner may have asked for more signatures since this machine got its key.
    await readIdentity(context)
    const signer = await requireSigner(context)
    if (!signer.needsOthers) {
      throw new GgenError('usage', 'the key of this machine alone is enough: what it signs is released at once', {
        hint: 'use ggen publish; or ask for a person too: ggen id need 2 --human 1',
      })
    }
    return { kind: 'published', value: await publishInTurn({ path: resolve(context.environment.platform.workingFolder, path) }, signer, context) }
  }

/** Publishes a folder or an archive, in turn with others who publish the same package just now. People are shown look-alikes before. */
export const publishInTurn = async (wish: PublishWish, signer: Signer, context: Context): Promise<PublishedRelease> => {
  let warned: readonly LookAlike[] = []
  const warn: Publishing['warn'] = (name, lookAlikes) => {
    if (warned.length === 0 && lookAlikes.length > 0) context.show({ kind: 'alike', value: { name, lookAlikes } })
    warned = lookAlikes
  }
  for (let left = TRIES; ; left--) {
    try {
      const receipt = await publishOnce(wish, signer, { ...context, warn })
      return { ...receipt, ...(warned.length > 0 && { lookAlikes: warned }) }
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'publish-expired')) throw error
    }
  }
}
