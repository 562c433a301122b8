import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { databaseError, fileError, isMalformed, onDisk } from './storage-errors.ts'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: failed`), { code, syscall: 'write' })
const sqliteError = (errcode: number): Error => Object.assign(new Error('failed'), { code: 'ERR_SQLITE_ERROR', errcode })
const codeOf = (error: unknown): unknown => error instanceof GgenError && error.code

test('no room is disk-full and every other error of a file is store-broken', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) assert.equal(codeOf(fileError(systemError(code), 'x')), 'disk-full')
  for (const code of ['EIO', 'EACCES', 'EROFS', 'EMFILE', 'ENOENT']) assert.equal(codeOf(fileError(systemError(code), 'x')), 'store-broken')
})

test('coded errors and bugs pass as they are', async () => {
  for (const error of [new GgenError('integrity', 'x'), new TypeError('bug'), 'text', undefined]) {
    assert.equal(fileError(error, 'x'), error)
    assert.equal(databaseError(error, 'x', 'hint'), error)
  }
  const bug = new TypeError('bug')
  await assert.rejects(onDisk('x', () => Promise.reject(bug)), (error) => error === bug)
})

test('of two errors on the way out, the first counts', () => {
  assert.equal(codeOf(fileError(new SuppressedError(systemError('EIO'), systemError('ENOSPC'), 'x'), 'x')), 'disk-full')
})

test('the cause, the path and the reason are kept', async () => {
  await assert.rejects(onDisk('/nowhere', () => readFile('/nowhere')), (error) => {
    assert(isGgenError(error, 'store-broken'))
    assert.deepEqual(error.details, { path: '/nowhere', reason: 'ENOENT' })
    return error.cause instanceof Error
  })
})

test('codes of SQLite, also extended ones, become codes of ours', () => {
  const expected = { 'disk-full': [13, 4874], 'too-busy': [5, 261, 6], 'store-broken': [1, 10, 11, 778] }
  for (const [code, errcodes] of Object.entries(expected)) {
    for (const errcode of errcodes) assert.equal(codeOf(databaseError(sqliteError(errcode), 'x', 'hint')), code, String(errcode))
  }
})

test('a malformed file is told apart, and the hint is the given one', () => {
  for (const errcode of [11, 267, 26]) {
    const error = databaseError(sqliteError(errcode), 'x', 'do this')
    assert(isMalformed(error))
    assert(error instanceof GgenError && error.hint === 'do this')
  }
  for (const error of [databaseError(sqliteError(10), 'x', ''), new GgenError('store-broken', 'x'), new Error('x')]) assert(!isMalformed(error))
})

test('a real error of SQLite is one', () => {
  using database = new DatabaseSync(':memory:')
  assert.throws(() => database.exec('nonsense'), (error) => codeOf(databaseError(error, 'x', 'hint')) === 'store-broken')
})
