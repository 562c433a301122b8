import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { der, readDer, TAG } from './der.ts'

const tags = fc.constantFrom(...Object.values(TAG))

describe('the little of DER that a certificate needs', () => {
  test('what is written is read, value by value', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tags, fc.uint8Array({ maxLength: 700 })), { maxLength: 4 }), (values) => {
        const bytes = Buffer.concat(values.map(([tag, content]) => der(tag, content)))
        assert.deepEqual(readDer(bytes)?.map(({ tag, content }) => [tag, Buffer.from(content)]), values.map(([tag, content]) => [tag, Buffer.from(content)]))
      }),
    )
    for (const length of [0, 127, 128, 255, 256, 65_535]) assert.equal(readDer(der(TAG.octets, new Uint8Array(length)))?.[0]?.content.length, length)
  })

  test('any bytes are read to the last one, and can be written only so, or not at all', () => {
    const mutilated = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(255)).map(([content, at, byte]) => {
      const bytes = der(TAG.sequence, der(TAG.octets, content))
      bytes[at % bytes.length] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), mutilated), (bytes) => {
        const values = readDer(bytes)
        if (values === undefined) return
        assert.deepEqual(Buffer.concat(values.map(({ tag, content }) => der(tag, content))), Buffer.from(bytes))
        assert.deepEqual(Buffer.concat(values.map(({ whole }) => whole)), Buffer.from(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  test('longer lengths than needed, unbounded ones and tags of several bytes are not read', () => {
    for (const text of ['048101ff', '04820001ff', '0480ff0000', '0484000000010a', '1f810100', '04', '0402ff', '0481']) {
      assert.equal(readDer(Buffer.from(text, 'hex')), undefined, text)
    }
  })
})
