import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { memoryTokenFile } from './memory-token-file.ts'

test('it changes only for whoever knows what is there', async () => {
  const file = memoryTokenFile()
  const isConflict = (error: unknown): boolean => isGgenError(error, 'conflict')
  assert.equal(await file.read(), undefined)
  await assert.rejects(file.replace(Buffer.from('a'), Buffer.from('b')), isConflict)
  await file.create(Buffer.from('a'))
  await assert.rejects(file.create(Buffer.from('b')), isConflict)
  await file.replace(Buffer.from('a'), Buffer.from('b'))
  await assert.rejects(file.replace(Buffer.from('a'), Buffer.from('c')), isConflict)
  assert.equal(Buffer.from((await file.read()) ?? []).toString(), 'b')
})
