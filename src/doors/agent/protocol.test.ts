import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, type IdentityId, isGgenError, LIMITS, type PublicKey } from '#core'
import { type AgentAnswer, type AgentQuestion, formatAnswer, formatQuestion, parseAnswer, parseQuestion } from './protocol.ts'

const STATUS = { identity: `bafyrei${'a'.repeat(52)}` as IdentityId, publicKey: `ed01${'1'.repeat(64)}` as PublicKey, until: 7, asks: true, pid: 4 }

const lineOf = (text: string): string => {
  assert.ok(text.endsWith('\n') && !text.slice(0, -1).includes('\n'), 'one line')
  return text.slice(0, -1)
}

describe('a question to the agent', () => {
  it('is read as it was written', () => {
    const payloads = fc.uint8Array({ maxLength: LIMITS.opBytes }).map((payload): AgentQuestion => ({ ask: 'sign', payload: Uint8Array.from(payload) }))
    fc.assert(fc.property(fc.oneof(payloads, fc.constantFrom<AgentQuestion>({ ask: 'status' }, { ask: 'lock' })), (question) => {
      const line = lineOf(formatQuestion(question))
      assert.ok(line.length <= LIMITS.agentQuestionBytes)
      assert.deepEqual(parseQuestion(line), question)
    }))
    const largest = new Uint8Array(LIMITS.opBytes)
    assert.ok(formatQuestion({ ask: 'sign', payload: largest }).length <= LIMITS.agentQuestionBytes)
  })

  it('is a typed error when it is anything else', () => {
    const wrong = fc.oneof(
      fc.string(), fc.json(),
      fc.record({ ask: fc.constantFrom('sign', 'status', 'open', '__proto__'), payload: fc.anything() }).map((one) => JSON.stringify(one) ?? ''),
    )
    fc.assert(fc.property(wrong, (line) => {
      try {
        const { ask } = parseQuestion(line)
        assert.ok(ask === 'status' || ask === 'lock' || ask === 'sign')
      } catch (error) {
        assert.ok(isGgenError(error, 'frame-invalid'), String(error))
      }
    }), { numRuns: 2000 })
    const tooLong = Buffer.alloc(LIMITS.opBytes + 1).toString('base64')
    for (const payload of [tooLong, 'AAA', 'A===', '*', 7, null]) {
      assert.throws(() => parseQuestion(JSON.stringify({ ask: 'sign', payload })), (error) => isGgenError(error, 'frame-invalid'))
    }
  })
})

describe('an answer of the agent', () => {
  it('is read as it was written', () => {
    const answers: readonly AgentAnswer[] = [
      { kind: 'status', status: STATUS }, { kind: 'locked', pid: 9 },
      { kind: 'signed', signed: { signature: new Uint8Array(64).fill(3), purpose: 'publish tool 1.2.0' } },
    ]
    for (const answer of answers) assert.deepEqual(parseAnswer(lineOf(formatAnswer(answer))), answer)
    const refused = parseAnswer(lineOf(formatAnswer({ kind: 'refused', error: new GgenError('denied', 'no\nnever', { details: { path: 'x' } }) })))
    assert.ok(refused?.kind === 'refused' && isGgenError(refused.error, 'denied') && refused.error.message === 'no\nnever')
  })

  it('is none when it is anything else', () => {
    const signature = Buffer.alloc(63).toString('base64')
    const wrong = [
      {}, { ...STATUS, pid: -1 }, { ...STATUS, until: '7' }, { ...STATUS, identity: 'me' }, { ...STATUS, publicKey: 'ed01' }, { ...STATUS, asks: 1 },
      { locked: true }, { locked: 'yes', pid: 1 }, { signature, purpose: 'x' }, { signature: Buffer.alloc(64).toString('base64') },
      ...['', 'publish\u001b[2K', 'publish \u202e', 'x'.repeat(1001)].map((purpose) => ({ signature: Buffer.alloc(64).toString('base64'), purpose })),
      { error: { code: 'constructor', message: 'x', hint: 'y' } }, { error: { code: 'denied', message: 'x' } }, [], null, 7,
    ]
    for (const value of wrong) assert.equal(parseAnswer(JSON.stringify(value)), undefined, JSON.stringify(value))
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      const answer = parseAnswer(line)
      assert.ok(answer === undefined || answer.kind === 'refused')
    }))
  })
})
