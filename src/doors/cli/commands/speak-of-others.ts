import { isDeepStrictEqual } from 'node:util'
import {
  type AdvisoryStatement, type EndorseStatement, GgenError, type IdentityId, isOpinion, type Op, type OpinionStatement, type PackageName, parsePackageSpec,
  shortIdentity,
} from '#core'
import type { Run } from './context.ts'
import { say } from './say.ts'
import type { Signer } from './signer.ts'

/** A publisher, or what it has under one name. */
export interface Subject {
  readonly identity: IdentityId
  readonly name?: PackageName
}

export interface Endorsement extends Pick<EndorseStatement, 'level' | 'why'> {
  readonly subject: Subject
  /** So many milliseconds it counts; absent: for ever. */
  readonly forMs?: number
}

/** `ggen endorse`. `now`: Unix milliseconds. */
export const endorse =
  ({ subject: { identity: target, name }, level, why, forMs }: Endorsement, now: number): Run =>
  async (context) => {
    const names = name === undefined ? [] : [name]
    const limits = { ...(why !== undefined && { why }), ...(forMs !== undefined && { expires: Math.floor((now + forMs) / 1000) }) }
    const statement: EndorseStatement = { type: 'endorse', target, names, level, ...limits }
    const words = { statement, isExpected: expect(statement), why: `speak of ${name ?? shortIdentity(target)}` }
    return { kind: 'opined', value: { ...statement, ...(await say(words, context)) } }
  }

export interface Advising extends Omit<AdvisoryStatement, 'type' | 'target' | 'name' | 'range'> {
  /** `@IDENTITY/NAME@RANGE` */
  readonly spec: string
}

/** `ggen advise`. Throws `usage` for a spec that does not say whose package it is about, and which versions. */
export const advise =
  ({ spec, ...said }: Advising): Run =>
  async (context) => {
    const { identity: target, name, range } = parsePackageSpec(spec)
    if (target === undefined) throw new GgenError('usage', `whose ${name}?`, { hint: `name the publisher: '@IDENTITY/${name}@RANGE'` })
    if (range === undefined) {
      throw new GgenError('usage', `which versions of ${name}?`, { hint: `'@IDENTITY/${name}@<1.2.3', or '@IDENTITY/${name}@*' for every one` })
    }
    const statement: AdvisoryStatement = { type: 'advisory', target, name, range, ...said }
    const words = { statement, isExpected: expect(statement), why: `speak of ${name} ${range}` }
    return { kind: 'opined', value: { ...statement, ...(await say(words, context)) } }
  }

/** What a node may give to sign: exactly these words, of this publisher. */
const expect =
  (statement: OpinionStatement) =>
  (op: Op, { identity, publicKey }: Signer): boolean => {
    if (op.type !== statement.type || !isOpinion(op) || op.identity !== identity || op.key !== publicKey) return false
    const { roles: _, ...body } = op.body
    const { type: __, ...said } = statement
    return isDeepStrictEqual(body, said)
  }
