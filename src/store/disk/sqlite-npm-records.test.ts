import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { isGgenError, type ServedTarball } from '#core'
import type { DocumentHead, DocumentKey, NpmRecords } from '#store'
import { openNpmRecords } from './sqlite-npm-records.ts'
import { openReceiptStore } from './sqlite-receipt-store.ts'

const keyOf = (name: string): DocumentKey => ({ source: 'https://registry.example/', name, kind: 'full' })
const HEAD: DocumentHead = { etag: 'a', checkedAt: 1, freshMs: 1, isPrivate: false, isSigned: false }
const SERVED: ServedTarball = { at: 1, name: 'tool', version: '1.0.0', from: 'peer', bytes: 1, firstByteMs: 1, durationMs: 1, client: 'npm' }

const put = (records: NpmRecords, name: string): void => records.putDocument(keyOf(name), HEAD, new Map([['json', new Uint8Array(10)]]))

const temporaryFile = () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-npm-'))
  return { folder: folder.path, path: join(folder.path, 'npm.db'), [Symbol.dispose]: () => folder.remove() }
}

/** What another connection sees: only what is committed. */
const committed = (path: string): number => {
  const direct = new DatabaseSync(path, { readOnly: true })
  const row = direct.prepare('SELECT count(*) AS count FROM served').get()
  direct.close()
  return Number(row?.['count'])
}

suite('the file of what is known of npm registries', () => {
  test('keeps what it holds, and in which order it was used, for the owner alone', () => {
    using file = temporaryFile()
    {
      using records = openNpmRecords(file.path)
      for (const name of 'ab') put(records, name)
      records.noteServed(SERVED)
      records.firstSeen({ source: 's', name: 'n', version: '1.0.0' }, 5)
      records.document(keyOf('a'))
    }
    using records = openNpmRecords(file.path, { knownDocuments: 2 })
    assert.deepEqual([records.usage(), records.servedSince(0)], [{ documents: 2, bytes: 20 }, [SERVED]])
    assert.equal(records.firstSeen({ source: 's', name: 'n', version: '1.0.0' }, 6), 5)
    put(records, 'c')
    assert.deepEqual([...'abc'].map((name) => records.document(keyOf(name)) !== undefined), [true, false, true])
    assert.equal(statSync(file.path).mode & 0o777, 0o600)
  })

  test('gets small notes two hundred at a time, or with the next write', () => {
    using file = temporaryFile()
    using records = openNpmRecords(file.path)
    for (let count = 1; count < 200; count += 1) records.noteServed(SERVED)
    assert.equal(committed(file.path), 0)
    records.noteServed(SERVED)
    assert.equal(committed(file.path), 200)
    records.noteServed(SERVED)
    assert.equal(committed(file.path), 200)
    put(records, 'a')
    assert.equal(committed(file.path), 201)
  })

  test('is begun anew when it is damaged, and the damaged one stays aside', () => {
    using file = temporaryFile()
    writeFileSync(file.path, 'garbage '.repeat(1000))
    using records = openNpmRecords(file.path)
    put(records, 'a')
    assert.deepEqual(records.usage(), { documents: 1, bytes: 10 })
    assert.ok(readdirSync(file.folder).includes('npm.db.broken-1'))
  })

  test('with a head that is no JSON is begun anew the next time', () => {
    using file = temporaryFile()
    {
      using records = openNpmRecords(file.path)
      put(records, 'a')
      const direct = new DatabaseSync(file.path)
      direct.exec("UPDATE documents SET head = '{'")
      direct.close()
      assert.throws(() => records.document(keyOf('a')), (error) => isGgenError(error, 'store-broken') && /restart/.test(error.hint))
    }
    using records = openNpmRecords(file.path)
    assert.deepEqual(records.usage(), { documents: 0, bytes: 0 })
  })

  test('of another kind is left alone', () => {
    using file = temporaryFile()
    openReceiptStore(file.path)[Symbol.dispose]()
    assert.throws(() => openNpmRecords(file.path), (error) => isGgenError(error, 'store-broken'))
    assert.deepEqual(readdirSync(file.folder), ['npm.db'])
  })
})
