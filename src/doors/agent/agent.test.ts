import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError, LIMITS } from '#core'
import { openOp, sealEnvelope } from '#trust'
import { type Agent, anotherAgent, type Confirm } from './agent.ts'
import { type AgentScene, agentScene, HOLD_MS } from './agent-scene.conformance.ts'
import { agentOf } from './agents.ts'
import type { AgentAnswer } from './protocol.ts'

const never = new AbortController().signal
const agentIn = ({ handOver, keystore, clock }: AgentScene, confirm?: Confirm): Agent => agentOf({ handOver: handOver(), keystore, confirm, pid: 7 }, clock)

const codeOf = (answer: AgentAnswer): string => (answer.kind === 'refused' ? answer.error.code : answer.kind)

describe('an agent', () => {
  it('says whose key it holds, and signs so that the node takes it', async () => {
    const scene = await agentScene()
    const { identity, publicKey } = scene.handOver()
    const agent = agentIn(scene)
    const status = { identity, publicKey, until: scene.clock.now() + HOLD_MS, asks: false, pid: 7 }
    assert.deepEqual(await agent.answer({ ask: 'status' }, never), { kind: 'status', status })
    const payload = scene.release()
    const answer = await agent.answer({ ask: 'sign', payload }, never)
    assert.ok(answer.kind === 'signed' && answer.signed.purpose === 'publish tool 1.2.0')
    assert.equal(openOp(sealEnvelope(payload, [{ key: publicKey, signature: answer.signed.signature }])).type, 'release')
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: Buffer.from('raw bytes') }, never)), 'op-invalid')
  })

  it('overwrites the seed that it was given', async () => {
    const scene = await agentScene()
    const handOver = scene.handOver()
    agentOf({ handOver, keystore: scene.keystore, pid: 7 }, scene.clock)
    assert.ok(handOver.seed.every((byte) => byte === 0))
  })

  it('ends by itself when its time is over, and signs nothing any more', async () => {
    const scene = await agentScene()
    const agent = agentIn(scene)
    const watching = agent.watch()
    let over = false
    void agent.ended.then(() => (over = true))
    for (let passed = 0; passed < HOLD_MS; passed += LIMITS.agentLookEveryMs) {
      assert.equal(codeOf(await agent.answer({ ask: 'status' }, never)), 'status', `${passed} ms`)
      assert.equal(over, false)
      scene.clock.advance(LIMITS.agentLookEveryMs)
    }
    assert.equal(await agent.ended, 'over')
    await watching
    for (const question of [{ ask: 'status' }, { ask: 'sign', payload: scene.release() }, { ask: 'lock' }] as const) {
      assert.deepEqual(await agent.answer(question, never), { kind: 'locked', pid: 7 })
    }
  })

  it('does not sign when its time is over, also when it has not looked since', async () => {
    const scene = await agentScene()
    const agent = agentIn(scene)
    scene.clock.advance(HOLD_MS)
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: scene.release() }, never)), 'locked')
    assert.equal(await agent.ended, 'over')
  })

  it('ends when the file of the identity changes, at the next look and before the next signature', async () => {
    for (const question of [undefined, { ask: 'status' }, { ask: 'sign' }] as const) {
      const scene = await agentScene()
      const agent = agentIn(scene)
      const watching = agent.watch()
      assert.equal(codeOf(await agent.answer({ ask: 'status' }, never)), 'status')
      await scene.keystore.protect(async () => ({ kind: 'none' }))
      if (question === undefined) scene.clock.advance(LIMITS.agentLookEveryMs)
      else await agent.answer(question.ask === 'sign' ? { ...question, payload: scene.release() } : question, never)
      assert.equal(await agent.ended, 'changed')
      await watching
    }
  })

  it('ends when the file cannot be trusted any more', async () => {
    const scene = await agentScene()
    const keystore = { ...scene.keystore, keyOf: scene.keystore.keyOf.bind(scene.keystore), signOwnWord: () => assert.fail('signs'),
      stamp: () => Promise.reject(new GgenError('home-insecure', 'open to others')) }
    const agent = agentOf({ handOver: scene.handOver(), keystore, pid: 7 }, scene.clock)
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: scene.release() }, never)), 'locked')
    assert.equal(await agent.ended, 'changed')
  })

  it('ends when it is told to', async () => {
    for (const isAsked of [false, true]) {
      const agent = agentIn(await agentScene())
      if (isAsked) assert.equal(codeOf(await agent.answer({ ask: 'lock' }, never)), 'locked')
      else agent.lock()
      assert.equal(await agent.ended, 'locked')
      await agent.watch()
    }
    assert.ok(isGgenError(anotherAgent(), 'conflict'))
  })
})

describe('an agent that asks', () => {
  it('signs what somebody says yes to, and answers denied for everything else', async () => {
    const scene = await agentScene()
    const asked: string[] = []
    const agent = agentIn(scene, async (purpose) => (asked.push(purpose), purpose.endsWith('1.2.0')))
    assert.equal(agent.status.asks, true)
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: scene.release() }, never)), 'signed')
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: scene.release('1.3.0') }, never)), 'denied')
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: Buffer.from('raw') }, never)), 'op-invalid')
    assert.deepEqual(asked, ['publish tool 1.2.0', 'publish tool 1.3.0'], 'nobody is asked about what is no op')
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: scene.opinion() }, never)), 'denied')
  })

  it('asks one thing after the other', async () => {
    const scene = await agentScene()
    const answers: ((yes: boolean) => void)[] = []
    const agent = agentIn(scene, () => new Promise((resolve) => answers.push(resolve)))
    const both = ['1.2.0', '1.3.0'].map((version) => agent.answer({ ask: 'sign', payload: scene.release(version) }, never))
    const waitFor = async (count: number): Promise<void> => {
      while (answers.length < count) await agent.answer({ ask: 'status' }, never)
    }
    await waitFor(1)
    for (let turn = 0; turn < 20; turn += 1) await agent.answer({ ask: 'status' }, never)
    assert.equal(answers.length, 1)
    answers[0]?.(false)
    await waitFor(2)
    answers[1]?.(true)
    assert.deepEqual((await Promise.all(both)).map(codeOf), ['denied', 'signed'])
  })

  it('does not sign when the time is over before the answer', async () => {
    const scene = await agentScene()
    const agent = agentIn(scene, async () => (scene.clock.advance(HOLD_MS), true))
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: scene.release() }, never)), 'locked')
  })

  it('gives up a question that nobody answers, or that nobody waits for, and goes on with the next', async () => {
    const scene = await agentScene()
    const waiting = Promise.withResolvers<void>()
    let questions = 0
    const agent = agentIn(scene, (_, signal) => {
      questions += 1
      waiting.resolve()
      return questions === 3 ? Promise.resolve(true) : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    })
    const unanswered = agent.answer({ ask: 'sign', payload: scene.release() }, never)
    await waiting.promise
    scene.clock.advance(LIMITS.agentAnswerMs)
    assert.equal(codeOf(await unanswered), 'timeout')
    const left = new AbortController()
    const leaving = agent.answer({ ask: 'sign', payload: scene.release() }, left.signal)
    while (questions < 2) await agent.answer({ ask: 'status' }, never)
    left.abort()
    assert.equal(codeOf(await leaving), 'cancelled')
    assert.equal(codeOf(await agent.answer({ ask: 'sign', payload: scene.release() }, never)), 'signed')
  })

  it('ends when whoever is asked goes away, and when it is locked during a question', async () => {
    const scene = await agentScene()
    const gone = agentIn(scene, () => Promise.reject(new GgenError('cancelled', 'nobody answered')))
    assert.equal(codeOf(await gone.answer({ ask: 'sign', payload: scene.release() }, never)), 'locked')
    const asked = Promise.withResolvers<void>()
    const agent = agentIn(scene, (_, signal) => new Promise((_resolve, reject) => {
      asked.resolve()
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    }))
    const answer = agent.answer({ ask: 'sign', payload: scene.release() }, never)
    await asked.promise
    agent.lock()
    assert.equal(codeOf(await answer), 'locked')
  })
})
