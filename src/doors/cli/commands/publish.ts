import { resolve } from 'node:path'
import { GgenError, isGgenError, shortIdentity } from '#core'
import type { ReceiptReply } from '#doors/control'
import { awaitReplicas } from './await-replicas.ts'
import type { Context, Run } from './context.ts'
import type { IdentityKeys, OpenedIdentity } from './world.ts'

/** Publishes of one package at the same time take each other's place in the feed; each round one of them gets through. */
const TRIES = 20

const sayRecoveryWords = ({ keys, recoveryWords }: OpenedIdentity, say: Context['say']): void => {
  if (recoveryWords === undefined) return
  say(`you are now the publisher ${shortIdentity(keys.identity)} (${keys.identity})`)
  say('write these recovery words on paper; they are shown only now, and nothing else brings this identity back when the machine is lost:')
  say('')
  for (const line of recoveryWords.match(/(?:\S+\s*){1,6}/g) ?? []) say(`    ${line.trimEnd()}`)
  say('')
}

/** A commit that was sent is finished by the node, whatever becomes of this process. */
const explainUnfinished = (error: unknown, name: string): unknown =>
  isGgenError(error, 'timeout') || isGgenError(error, 'cancelled')
    ? new GgenError(error.code, error.message, { cause: error, hint: `the node goes on by itself; look with: ggen info ${name}` })
    : error

const publishOnce = async (path: string, keys: IdentityKeys, { client, deadline }: Context): Promise<ReceiptReply> => {
  const { identity, genesis, publicKey: feed } = keys
  const prepared = await client.prepare({ path, identity, chain: [genesis], feed }, deadline.signal)
  if (prepared.state === 'published') return prepared.receipt
  try {
    return await client.commit(prepared.intent, [{ key: feed, signature: keys.sign(prepared.payload) }], deadline.signal)
  } catch (error) {
    throw explainUnfinished(error, prepared.name)
  }
}

export interface PublishOptions {
  /** How many other nodes must hold it before the command ends well; absent: it does not wait for any. */
  readonly replicas?: number
}

/** `ggen publish`: the node packs, this process signs. The node is asked first, so that no identity is made in vain. */
export const publish =
  (path: string, { replicas }: PublishOptions = {}): Run =>
  async (context) => {
    await context.client.health(context.deadline.signal)
    const opened = await context.world.openIdentity(context.places.home)
    sayRecoveryWords(opened, context.say)
    const absolute = resolve(context.environment.platform.workingFolder, path)
    const receipt = await publishInTurn(absolute, opened.keys, context)
    return replicas === undefined ? { kind: 'published', value: receipt } : await awaitReplicas(receipt, replicas, context)
  }

const publishInTurn = async (path: string, keys: IdentityKeys, context: Context): Promise<ReceiptReply> => {
  for (let left = TRIES; ; left--) {
    try {
      return await publishOnce(path, keys, context)
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'publish-expired')) throw error
    }
  }
}
