import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isGgenError, opIdOfHash } from '#core'
import { linkToOp } from './link.ts'
import { readAdvisoryBody, readEndorseBody } from './read-opinion.ts'

const id = opIdOfHash(new Uint8Array(32))
const link = linkToOp(id)
const endorse = { roles: link, target: link, names: ['tool', '@scope/lib'], level: 'vouch', why: 'well kept', exp: 5 }
const advisory = {
  roles: link, target: link, name: 'tool', range: '<1.2.3 || 2.x', severity: 'moderate', why: 'leaks', ref: 'https://example.com', fix: '1.2.3',
}

test('a body is read into what it says, without what is not there', () => {
  const { exp: _exp, why: _why, ...bare } = endorse
  assert.deepEqual(readEndorseBody(endorse), { roles: id, target: id, names: ['tool', '@scope/lib'], level: 'vouch', why: 'well kept', expires: 5 })
  assert.deepEqual(readEndorseBody({ ...bare, names: [] }), { roles: id, target: id, names: [], level: 'vouch' })
  assert.deepEqual(readAdvisoryBody(advisory), { ...advisory, roles: id, target: id })
})

test('a range is carried as it is, also where no library understands it', () => {
  assert.equal(readAdvisoryBody({ ...advisory, range: 'sometimes' }).range, 'sometimes')
})

test('whatever stands in a field, it is read or refused with a reason', () => {
  const fields = ['roles', 'target', 'names', 'level', 'why', 'exp', 'name', 'range', 'severity', 'ref', 'fix']
  const value = fc.oneof(fc.anything(), fc.string(), fc.integer(), fc.constantFrom(null, undefined, link, [], '*', 'none'))
  fc.assert(fc.property(fc.constantFrom(...fields), value, (field, content) => {
    for (const read of [() => readEndorseBody({ ...endorse, [field]: content }), () => readAdvisoryBody({ ...advisory, [field]: content })]) {
      try {
        read()
      } catch (error) {
        assert(isGgenError(error, 'op-invalid') && typeof error.details['reason'] === 'string')
      }
    }
  }), { numRuns: 2000 })
})
