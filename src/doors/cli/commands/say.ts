import { isGgenError, type Op, type Statement } from '#core'
import type { SaidReply } from '#doors/control'
import type { Context } from './context.ts'
import { requireSigner, type Signer } from './signer.ts'

/** Something to say: what it must have become when it is there to be signed, and how people are told of it (`say that tool 1.2.0 is yanked`). */
export interface Words {
  readonly statement: Statement
  readonly isExpected: (op: Op, signer: Signer) => boolean
  readonly why: string
}

/** Whoever speaks of one thing at the same time takes the other's place; each round one of them gets through. */
const TRIES = 20

/** Says something with the release key of this machine: the node prepares the words, this process signs them. */
export const say = async (words: Words, context: Context): Promise<SaidReply> => {
  await context.client.health(context.deadline.signal)
  return await sayAs(await requireSigner(context), words, context)
}

/** The same, as somebody whose key is held here. */
export const sayAs = async (signer: Signer, { statement, isExpected, why }: Words, { client, deadline }: Context): Promise<SaidReply> => {
  const { identity, chain, publicKey: feed } = signer
  for (let left = TRIES; ; left -= 1) {
    const { intent, payload } = await client.prepareStatement({ identity, chain, feed, statement }, deadline.signal)
    const signature = await signer.sign({ payload, isExpected: (op) => isExpected(op, signer), why })
    try {
      return await client.commitStatement(intent, [{ key: feed, signature }], deadline.signal)
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'publish-expired')) throw error
    }
  }
}
