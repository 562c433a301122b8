import { GgenError, isGgenError, type Op, type PackageName, parsePackageSpec, parseVersion, type StatusState, type StatusStatement, type Version } from '#core'
import type { SaidReply } from '#doors/control'
import type { Context, Run } from './context.ts'
import { requireSigner, type Signer } from './signer.ts'

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
    const signer = await requireSigner(context)
    const { op, identity, peers } = await sayInTurn(statement, signer, context)
    return { kind: 'said', value: { name, version, state, ...(why !== undefined && { why }), identity, op, peers } }
  }

const sayInTurn = async (statement: StatusStatement, signer: Signer, { client, deadline }: Context): Promise<SaidReply> => {
  const { identity, chain, publicKey: feed } = signer
  const { name, version, state, why: reason } = statement
  const isExpected = (op: Op): boolean =>
    op.type === 'status' && op.identity === identity && op.feed === feed && op.body.name === name && op.body.version === version &&
    op.body.state === state && op.body.why === reason
  const why = `say that ${name} ${version} is ${state}`
  for (let left = TRIES; ; left -= 1) {
    const { intent, payload } = await client.prepareStatement({ identity, chain, feed, statement }, deadline.signal)
    const signature = await signer.sign({ payload, isExpected, why })
    try {
      return await client.commitStatement(intent, [{ key: feed, signature }], deadline.signal)
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
