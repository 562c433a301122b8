import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { z } from 'zod'
import { memoryTokenFile } from './memory-token-file.ts'
import { changeFile, readJson, type TokenFile, writeJson } from './token-file.ts'

const count = z.strictObject({ count: z.int() })
const countIn = (bytes: Uint8Array | undefined): number => (bytes === undefined ? 0 : readJson(bytes, count, { path: 'a file', hint: 'do so' }).count)

test('of many who change a file at once none is forgotten', async () => {
  const file = memoryTokenFile()
  await Promise.all(Array.from({ length: 4 }, () => changeFile(file, (before) => writeJson({ count: countIn(before) + 1 }))))
  assert.equal(countIn(await file.read()), 4)
})

test('a file that somebody else changes for ever is given up, and a failure is no such change', async () => {
  let tries = 0
  const restless: TokenFile = { ...memoryTokenFile(), create: () => ((tries += 1), Promise.reject(new GgenError('conflict', 'planted'))) }
  await assert.rejects(changeFile(restless, () => new Uint8Array()), (error) => isGgenError(error, 'conflict'))
  assert.equal(tries, 5)
  const full: TokenFile = { ...memoryTokenFile(), create: () => ((tries += 1), Promise.reject(new GgenError('disk-full', 'planted'))) }
  await assert.rejects(changeFile(full, () => new Uint8Array()), (error) => isGgenError(error, 'disk-full'))
  assert.equal(tries, 6)
})

test('what is of another form is told with its path and what to do', () => {
  for (const text of ['', '{', 'null', '{"count":"1"}', '{"count":1,"more":2}']) {
    assert.throws(() => countIn(Buffer.from(text)), (error) => {
      assert.ok(isGgenError(error, 'store-broken'))
      assert.deepEqual([error.hint, error.details['path']], ['do so', 'a file'])
      return true
    })
  }
})
