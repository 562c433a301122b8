import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { packRecords, unpackRecords } from './records.ts'

const plain = (all: readonly Uint8Array[]): readonly (readonly number[])[] => all.map((one) => [...one])

describe('the records of a package in a bundle', () => {
  it('are read as they were written', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 })), (envelopes) => {
      assert.deepEqual(plain(unpackRecords(packRecords(envelopes))), plain(envelopes))
    }))
  })

  it('are refused where they are cut off, or too long, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        assert.deepEqual([...packRecords(unpackRecords(bytes))], [...bytes])
      } catch (error) {
        assert.ok(isGgenError(error, 'bundle-broken'), String(error))
      }
    }))
    assert.throws(() => unpackRecords(packRecords([new Uint8Array(5)]).subarray(0, 8)), (error) => isGgenError(error, 'bundle-broken'))
  })
})
