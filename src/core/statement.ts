import type { AdvisoryBody, EndorseBody, OpinionOp, ReleaseKey, Role, StatusState, TagWord } from './op.ts'
import type { PublicKey } from './op-id.ts'
import type { PackageName } from './package-name.ts'
import type { Version } from './version.ts'

/** What a publisher can say beside a release. Plain JSON. */
export type Statement = StatusStatement | RolesStatement | OpinionStatement

/** A word about a version that is out, or about all of them. */
export interface StatusStatement {
  readonly type: 'status'
  readonly name: PackageName
  readonly version: Version | '*'
  readonly state: StatusState
  readonly why?: string
  readonly tag?: TagWord
}

/** A word about somebody else. */
export type OpinionStatement = EndorseStatement | AdvisoryStatement

/** That another publisher, or what it has under some names, is vouched for or warned of. */
export interface EndorseStatement extends Omit<EndorseBody, 'roles'> {
  readonly type: 'endorse'
}

/** That some versions of a package had better not be used. */
export interface AdvisoryStatement extends Omit<AdvisoryBody, 'roles'> {
  readonly type: 'advisory'
}

/** What an op says of somebody else. */
export const statementOf = (op: OpinionOp): OpinionStatement => {
  if (op.type === 'advisory') {
    const { roles: _, ...said } = op.body
    return { type: op.type, ...said }
  }
  const { roles: _, ...said } = op.body
  return { type: op.type, ...said }
}

/** Who may speak for the identity from now on. */
export interface RolesStatement {
  readonly type: 'roles'
  readonly change: RolesChange
}

/** What is absent stays as it is. */
export interface RolesChange {
  readonly root?: Role
  readonly recovery?: Role
  /** New release keys, or new terms for one that is there. */
  readonly add?: readonly ReleaseKey[]
  /** Release keys that speak no more. */
  readonly revoke?: readonly RevokedKey[]
  readonly need?: number
  readonly human?: number
  readonly domains?: readonly string[]
}

/** A release key that is taken out. What it signed until now still counts, but for the records named here and everything after them. */
export interface RevokedKey {
  readonly key: PublicKey
  /** Releases that its owner did not make. */
  readonly notMine: readonly { readonly name: PackageName; readonly version: Version }[]
}
