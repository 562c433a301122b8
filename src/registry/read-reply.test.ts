import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { isGgenError, REGISTRY_LIMITS } from '#core'
import { readBody, readHealth, readKept, readRecords, readRefusal } from './read-reply.ts'

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

suite('An answer of a registry', () => {
  test('is read to the byte', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 }), (envelopes) => {
      const records = envelopes.map((envelope) => Buffer.from(envelope).toString('base64'))
      assert.deepEqual(readRecords(bytesOf({ name: 'tool', records })), envelopes.map((envelope) => Uint8Array.from(envelope)))
    }))
  })

  test('whatever it is, is read, or refused as a failure of the registry', () => {
    const anything = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.json().map((text) => Buffer.from(text)))
    const shaped = fc.record({
      records: fc.anything(), accepted: fc.anything(), known: fc.anything(), status: fc.constant('ready'), ops: fc.anything(), peerId: fc.anything(),
      fingerprint: fc.anything(), error: fc.anything(),
    }, { requiredKeys: [] }).map((value) => Buffer.from(JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? 0 : part))))
    fc.assert(fc.property(fc.oneof(anything, shaped), (bytes) => {
      for (const read of [readRecords, readKept, readHealth, readRefusal]) {
        try {
          read(bytes)
        } catch (error) {
          assert.ok(isGgenError(error, 'registry-failed'), String(error))
        }
      }
    }))
  })

  test('is bounded in bytes and in records', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(1024)
    }
    await assert.rejects(readBody({ body: endless() }, 10_000), (error) => isGgenError(error, 'registry-failed'))
    const many = bytesOf({ records: Array.from({ length: REGISTRY_LIMITS.records + 1 }, () => 'AA==') })
    assert.throws(() => readRecords(many), (error) => isGgenError(error, 'registry-failed'))
  })

  test('tells a reason in one printable line, of bounded length, and only codes that there are', () => {
    const error = readRefusal(bytesOf({ error: { code: 'denied', message: `no\u001b[31m\n${'x'.repeat(10_000)}`, hint: 'ask\u2028them' } }))
    assert.equal(error?.code, 'denied')
    assert.match(error.message, /^no {1,2}\[31m x+$/)
    assert.equal(error.message.length, REGISTRY_LIMITS.reasonChars)
    assert.equal(error.hint, 'ask them')
    for (const other of [{ code: 'unheard-of', message: 'x' }, 'denied', null]) assert.equal(readRefusal(bytesOf({ error: other })), undefined)
  })
})
