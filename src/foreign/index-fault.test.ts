import assert from 'node:assert/strict'
import { it } from 'node:test'
import { indexInvalid } from './index-fault.ts'

it('says why something is no index', () => {
  assert.deepEqual([indexInvalid('it is empty').code, indexInvalid('it is empty').message], ['index-invalid', 'this is no index that can be read: it is empty'])
})
