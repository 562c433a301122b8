import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type IdentityId, type OpinionStatement, parsePackageName, parseVersion } from '#core'
import { openOp, sealEnvelope } from '#trust'
import { opinionPayload } from '#testing'
import { PASSPHRASE, person } from './identity-scene.conformance.ts'
import { say } from './say.ts'
import type { Run } from './context.ts'
import { advise, endorse } from './speak-of-others.ts'
import { fails, INTENT, speakingNode, type SpeakingNode, withIdentity } from './statement-scene.conformance.ts'

const BOB = `bafyrei${'b'.repeat(51)}a` as IdentityId
const NAME = parsePackageName('tool')
const env = { GGEN_PASSPHRASE: PASSPHRASE }

type Change = (statement: OpinionStatement) => OpinionStatement

/** A node that prepares what it is asked to, or what a test makes of that. */
const node = (change: Change = (statement) => statement, late = 0): SpeakingNode =>
  speakingNode((question) => opinionPayload(question, change(question.statement as OpinionStatement)), late)

describe('words about others', () => {
  it('are prepared by the node and signed here, and it is said what they are', async () => {
    const { run, keystore } = await withIdentity()
    const { identity } = (await keystore.read()).file
    const { client, asked, signed } = node()
    const ask = person(PASSPHRASE)
    const { outcome } = await run(endorse({ subject: { identity: BOB, name: NAME }, level: 'block', why: 'x', forMs: 5000 }, 2500), { client, ask })
    const statement: OpinionStatement = { type: 'endorse', target: BOB, names: [NAME], level: 'block', why: 'x', expires: 7 }
    assert.deepEqual(outcome.value, { ...statement, op: INTENT, identity, peers: 3 })
    const [question] = asked
    assert(question)
    assert.equal(openOp(sealEnvelope(opinionPayload(question, statement), signed[0] ?? [])).type, 'endorse')
    assert.match(ask.questions[0] ?? '', / to speak of tool: $/)
    const plain = await run(endorse({ subject: { identity: BOB }, level: 'vouch' }, 0), { client, env })
    assert.deepEqual(plain.outcome.value, { type: 'endorse', target: BOB, names: [], level: 'vouch', op: INTENT, identity, peers: 3 })
    const advice = { severity: 'high', why: 'x', ref: 'r', fix: parseVersion('2.0.0') } as const
    const advised = await run(advise({ spec: `@${BOB}/tool@<2 || 3.x`, ...advice }), { client, env })
    assert.deepEqual(advised.outcome.value, { type: 'advisory', target: BOB, name: NAME, range: '<2 || 3.x', ...advice, op: INTENT, identity, peers: 3 })
  })

  it('are signed only when the node prepared them as they are', async () => {
    const { run } = await withIdentity()
    const endorsements: Change[] = [
      (said) => ({ ...said, level: 'vouch' }) as OpinionStatement, (said) => ({ ...said, names: [] }) as OpinionStatement,
      (said) => ({ ...said, target: INTENT as IdentityId }), (said) => ({ ...said, why: 'y' }), (said) => ({ ...said, expires: 9 }) as OpinionStatement,
      () => ({ type: 'advisory', target: BOB, name: NAME, range: '*', severity: 'low' }),
    ]
    for (const change of endorsements) {
      const { client, signed } = node(change)
      await fails(run(endorse({ subject: { identity: BOB, name: NAME }, level: 'block' }, 0), { client, env }), 'op-invalid')
      assert.deepEqual(signed, [])
    }
    const { client, signed } = node((said) => ({ ...said, range: '*' }) as OpinionStatement)
    await fails(run(advise({ spec: `@${BOB}/tool@1.0.0`, severity: 'low' }), { client, env }), 'op-invalid')
    assert.deepEqual(signed, [])
  })

  it('name whose package they are about, and which versions', async () => {
    const { run } = await withIdentity()
    for (const spec of ['tool@1.0.0', `@${BOB}/tool`]) await fails(run(advise({ spec, severity: 'low' }), { client: node().client, env }), 'usage')
  })

  it('are tried again when others came between, and at some point no more', async () => {
    const { run } = await withIdentity()
    const [soon, never] = [node(undefined, 3), node(undefined, Infinity)]
    await run(endorse({ subject: { identity: BOB }, level: 'vouch' }, 0), { client: soon.client, env })
    assert.equal(soon.signed.length, 4)
    const words = { statement: { type: 'endorse', target: BOB, names: [], level: 'none' }, isExpected: () => true, why: 'try' } as const
    const saying: Run = async (context) => ({ kind: 'opined', value: { ...words.statement, ...(await say(words, context)) } })
    await fails(run(saying, { client: never.client, env }), 'publish-expired')
    assert.equal(never.signed.length, 20)
  })
})
