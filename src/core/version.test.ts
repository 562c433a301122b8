import assert from 'node:assert/strict'
import test from 'node:test'
import { parseVersion, versionSlot } from './version.ts'

test('a slot is the version without build metadata', () => {
  assert.equal(versionSlot(parseVersion('1.0.0')), '1.0.0')
  assert.equal(versionSlot(parseVersion('1.0.0+a')), '1.0.0')
  assert.equal(versionSlot(parseVersion('1.0.0-rc.1+a-b.c')), '1.0.0-rc.1')
  assert.equal(versionSlot(versionSlot(parseVersion('1.0.0+a'))), '1.0.0')
})
