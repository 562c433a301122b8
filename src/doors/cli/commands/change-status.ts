import { GgenError, type Op, type PackageName, parsePackageSpec, parseVersion, type StatusState, type StatusStatement, type Version } from '#core'
import type { Run } from './context.ts'
import { say } from './say.ts'
import type { Signer } from './signer.ts'

export interface StatusChange {
  /** NAME@VERSION, or NAME@* for every version. */
  readonly spec: string
  readonly state: StatusState
  readonly why?: string
}

/** `ggen yank`, `deprecate`, `withdraw` and `undo`: the node prepares the words, this process signs them. Throws `usage` without a version. */
export const changeStatus =
  ({ spec, state, why }: StatusChange): Run =>
  async (context) => {
    const { name, version } = readSubject(spec)
    const statement: StatusStatement = { type: 'status', name, version, state, ...(why !== undefined && { why }) }
    const isExpected = (op: Op, { identity, publicKey }: Signer): boolean =>
      op.type === 'status' && op.identity === identity && op.feed === publicKey && op.body.name === name && op.body.version === version &&
      op.body.state === state && op.body.why === why && op.body.tag === undefined
    const said = await say({ statement, isExpected, why: `say that ${name} ${version} is ${state}` }, context)
    return { kind: 'said', value: { name, version, state, ...(why !== undefined && { why }), ...said } }
  }

const readSubject = (text: string): { readonly name: PackageName; readonly version: Version | '*' } => {
  const { name, identity, range } = parsePackageSpec(text)
  if (identity !== undefined) throw new GgenError('usage', 'you can only speak for your own packages: leave the identity out')
  if (range === undefined) throw new GgenError('usage', `which version of ${name}?`, { hint: `${name}@1.2.3, or '${name}@*' for every version` })
  return { name, version: range === '*' ? range : parseVersion(range) }
}
