import { GgenError, isGgenError, type PackageName, parsePackageSpec, parseVersion, type StatusState, type StatusStatement, type Version } from '#core'
import type { StatementQuestion } from '#doors/control'
import type { Context, Run } from './context.ts'

export interface StatusChange {
  /** NAME@VERSION, or NAME@* for every version. */
  readonly spec: string
  readonly state: StatusState
  readonly why?: string
}

/** Publishes and words about one package at the same time take each other's place in the feed; each round one of them gets through. */
const TRIES = 20

/** `ggen yank`, `deprecate`, `withdraw` and `undo`: the node prepares the words, this process signs them. Throws `usage` without a version. */
export const changeStatus =
  ({ spec, state, why }: StatusChange): Run =>
  async (context) => {
    const { name, version } = readSubject(spec)
    const statement: StatusStatement = { type: 'status', name, version, state, ...(why !== undefined && { why }) }
    await context.client.health(context.deadline.signal)
    const { keys } = await context.world.openIdentity(context.places.home)
    const question = { identity: keys.identity, chain: [keys.genesis], feed: keys.publicKey, statement }
    const { op, identity, peers } = await sayInTurn(question, (payload) => keys.sign(payload), context)
    return { kind: 'said', value: { name, version, state, ...(why !== undefined && { why }), identity, op, peers } }
  }

const sayInTurn = async (question: StatementQuestion, sign: (payload: Uint8Array) => Uint8Array, { client, deadline }: Context) => {
  for (let left = TRIES; ; left -= 1) {
    const { intent, payload } = await client.prepareStatement(question, deadline.signal)
    try {
      return await client.commitStatement(intent, [{ key: question.feed, signature: sign(payload) }], deadline.signal)
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'publish-expired')) throw error
    }
  }
}

const readSubject = (text: string): { readonly name: PackageName; readonly version: Version | '*' } => {
  const { name, identity, range } = parsePackageSpec(text)
  if (identity !== undefined) throw new GgenError('usage', 'you can only speak for your own packages: leave the identity out')
  if (range === undefined) throw new GgenError('usage', `which version of ${name}?`, { hint: `${name}@1.2.3, or '${name}@*' for every version` })
  return { name, version: range === '*' ? range : parseVersion(range) }
}
