import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { isGgenError } from '#core'
import { markDamaged, openAnew } from './open-anew.ts'
import { damagedContent, fileError } from './storage-errors.ts'

const temporaryFile = () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-anew-'))
  const path = join(folder.path, 'some.db')
  writeFileSync(path, 'old')
  return { folder: folder.path, path, [Symbol.dispose]: () => folder.remove() }
}

suite('a database that can be had again', () => {
  test('is opened as it is where it is sound', () => {
    using file = temporaryFile()
    assert.equal(openAnew(file.path, (rebuilt) => rebuilt), false)
    assert.deepEqual(readdirSync(file.folder), ['some.db'])
  })

  test('is put aside once after it was marked, with its log', () => {
    using file = temporaryFile()
    writeFileSync(`${file.path}-wal`, 'log')
    markDamaged(file.path)
    const open = (rebuilt: boolean): boolean => {
      if (rebuilt) writeFileSync(file.path, 'new')
      return rebuilt
    }
    assert.deepEqual([openAnew(file.path, open), openAnew(file.path, open)], [true, false])
    const contents = ['', '.broken-1', '.broken-1-wal'].map((suffix) => readFileSync(file.path + suffix, 'utf8'))
    assert.deepEqual(contents, ['new', 'old', 'log'])
  })

  test('stays where it is when it cannot be opened for another reason than damage', () => {
    using file = temporaryFile()
    const denied = fileError(Object.assign(new Error('denied'), { syscall: 'open', code: 'EACCES' }), file.path)
    assert.throws(() => openAnew(file.path, () => { throw denied }), (error) => isGgenError(error, 'store-broken'))
    assert.deepEqual(readdirSync(file.folder), ['some.db'])
    const stillDamaged = (): never => { throw damagedContent('it', 'restart') }
    assert.throws(() => openAnew(file.path, stillDamaged), (error) => isGgenError(error, 'store-broken') && error.hint === 'restart')
    assert.deepEqual(readdirSync(file.folder), ['some.db.broken-1'])
  })
})
