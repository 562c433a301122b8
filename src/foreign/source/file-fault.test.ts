import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isGgenError } from '#core'
import { hasCode, onFile } from './file-fault.ts'

it('gives what the operating system says a code, and leaves everything else alone', () => {
  const of = (code: string): unknown => onFile(Object.assign(new Error('x'), { code }), '/a')
  assert.ok(isGgenError(of('ENOENT'), 'path-not-found') && isGgenError(of('EIO'), 'store-broken') && isGgenError(of('ENOSPC'), 'disk-full'))
  const defect = new TypeError('a defect')
  assert.equal(onFile(defect, '/a'), defect)
  assert.equal(hasCode(Object.assign(new Error('x'), { code: 'EIO' }), 'EIO'), true)
})
