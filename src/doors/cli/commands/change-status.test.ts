import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StatusStatement } from '#core'
import { openOp, sealEnvelope } from '#trust'
import { firstStatusPayload } from '#testing'
import { changeStatus } from './change-status.ts'
import { machine, PASSPHRASE, person } from './identity-scene.conformance.ts'
import { fails, INTENT, speakingNode, type SpeakingNode, withIdentity } from './statement-scene.conformance.ts'

/** A node that prepares what it is asked to, or what a test makes of that. */
const node = (change: (statement: StatusStatement) => StatusStatement = (statement) => statement, late = 0): SpeakingNode =>
  speakingNode((question) => firstStatusPayload(question, change(question.statement as StatusStatement)), late)

describe('words about a version', () => {
  it('are prepared by the node, signed here, and tried again when another record came between', async () => {
    const { run, keystore } = await withIdentity()
    const { client, asked, signed } = node(undefined, 1)
    const ask = person(PASSPHRASE)
    const { outcome } = await run(changeStatus({ spec: 'a@1.0.0', state: 'yanked', why: 'x' }), { client, ask })
    const held = await keystore.read()
    const { identity, chain } = held.file
    const statement = { type: 'status', name: 'a', version: '1.0.0', state: 'yanked', why: 'x' }
    const question = { identity, chain, feed: keystore.releaseKey(held), statement }
    assert.deepEqual(asked, [question, question])
    assert.deepEqual(outcome.value, { name: 'a', version: '1.0.0', state: 'yanked', why: 'x', identity, op: INTENT, peers: 3 })
    for (const signatures of signed) assert.equal(openOp(sealEnvelope(firstStatusPayload(question, statement as StatusStatement), signatures)).type, 'status')
    assert.equal(ask.questions.length, 1)
    assert.match(ask.questions[0] ?? '', / to say that a 1\.0\.0 is yanked: $/)
  })

  it('may be about every version', async () => {
    const { run } = await withIdentity()
    const { client, asked } = node()
    await run(changeStatus({ spec: 'a@*', state: 'live' }), { client, env: { GGEN_PASSPHRASE: PASSPHRASE } })
    assert.deepEqual(asked[0]?.statement, { type: 'status', name: 'a', version: '*', state: 'live' })
  })

  it('are signed only when the node prepared them as they are', async () => {
    const { run } = await withIdentity()
    const changes: ((statement: StatusStatement) => StatusStatement)[] = [
      (statement) => ({ ...statement, state: 'withdrawn' }), (statement) => ({ ...statement, version: '*' }), (statement) => ({ ...statement, why: 'y' }),
    ]
    for (const change of changes) {
      const { client, signed } = node(change)
      await fails(run(changeStatus({ spec: 'a@1.0.0', state: 'yanked', why: 'x' }), { client, env: { GGEN_PASSPHRASE: PASSPHRASE } }), 'op-invalid')
      assert.deepEqual(signed, [])
    }
  })

  it('name a version, or say that they mean all, and speak for nobody else', async () => {
    const { run } = machine('ada')
    const { client } = node()
    await fails(run(changeStatus({ spec: 'a', state: 'yanked' }), { client }), 'usage')
    await fails(run(changeStatus({ spec: `@${INTENT}/a@1.0.0`, state: 'yanked' }), { client }), 'usage')
    await fails(run(changeStatus({ spec: 'a@^1', state: 'yanked' }), { client }), 'version-invalid')
    await fails(run(changeStatus({ spec: 'a@1.0.0', state: 'yanked' }), { client }), 'key-missing')
  })
})
