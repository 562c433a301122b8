import assert from 'node:assert/strict'
import { type ErrorCode, GgenError, isGgenError, type OpId } from '#core'
import type { ControlClient, HealthReply, SignatureQuestion, StatementQuestion } from '#doors/control'
import { type Machine, machine, PASSPHRASE } from './identity-scene.conformance.ts'

/** Of whatever is prepared here. */
export const INTENT = `bafyrei${'a'.repeat(52)}` as OpId

export interface SpeakingNode {
  readonly client: Partial<ControlClient>
  /** What was to be prepared, and the signatures of each commit. */
  readonly asked: readonly StatementQuestion[]
  readonly signed: readonly (readonly SignatureQuestion[])[]
}

/** A node that prepares a payload for what it is asked; the first so many signatures come too late. */
export const speakingNode = (payloadFor: (question: StatementQuestion) => Uint8Array, late = 0): SpeakingNode => {
  const asked: StatementQuestion[] = []
  const signed: (readonly SignatureQuestion[])[] = []
  const client: Partial<ControlClient> = {
    health: async () => ({}) as HealthReply,
    prepareStatement: async (question) => {
      asked.push(question)
      return { intent: INTENT, payload: payloadFor(question) }
    },
    commitStatement: async (_, signatures) => {
      signed.push(signatures)
      if (signed.length <= late) throw new GgenError('publish-expired', 'later')
      return { op: INTENT, identity: asked[0]?.identity ?? assert.fail('never prepared'), peers: 3 }
    },
  }
  return { asked, signed, client }
}

/** A machine that has an identity, behind the passphrase. */
export const withIdentity = async (): Promise<Machine> => {
  const made = machine('ada')
  await made.keystore.create({ kind: 'passphrase', passphrase: PASSPHRASE })
  return made
}

export const fails = (work: Promise<unknown>, code: ErrorCode): Promise<void> => assert.rejects(work, (error) => isGgenError(error, code), code)
