import assert from 'node:assert/strict'
import { existsSync, mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { Database, type Schema } from './database.ts'
import { isMalformed } from './storage-errors.ts'

const SCHEMA: Schema = { applicationId: 0x74_65_73_74, migrations: ['CREATE TABLE things (name TEXT UNIQUE) STRICT'], synchronous: 'FULL', hint: 'mend it' }
const ADDED = "ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7; INSERT INTO things (name) VALUES ('added')"
const LATER: Schema = { ...SCHEMA, migrations: [...SCHEMA.migrations, ADDED] }

const temporaryFile = (): { readonly path: string } & Disposable => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-database-'))
  return { path: join(folder.path, 'test.db'), [Symbol.dispose]: () => folder.remove() }
}

const add = (database: Database, name: string): number => database.run('INSERT INTO things (name) VALUES (?)', name)
const names = (database: Database): unknown[] => database.all<{ name: string }>('SELECT name FROM things ORDER BY name').map(({ name }) => name)
const pragma = (database: Database, name: string): unknown => Object.values(database.get<Record<string, unknown>>(`PRAGMA ${name}`) ?? {})[0]

/** Makes a file of which one page in the middle of a table is none. */
const damageFile = (path: string): void => {
  {
    using database = Database.open(path, SCHEMA)
    database.transact(() => {
      for (let index = 0; index < 2000; index += 1) add(database, `thing ${index}`)
    })
  }
  const bytes = readFileSync(path)
  bytes.fill(0x55, 4096 * 3, 4096 * 4)
  writeFileSync(path, bytes)
}

suite('a database file', () => {
  test('is made for its owner alone, with its log, and flushes as its schema says', () => {
    using file = temporaryFile()
    using database = Database.open(file.path, SCHEMA)
    add(database, 'x')
    for (const suffix of ['', '-wal', '-shm']) assert.equal(statSync(file.path + suffix).mode & 0o777, 0o600, suffix)
    assert.deepEqual(['journal_mode', 'synchronous', 'foreign_keys'].map((name) => pragma(database, name)), ['wal', 2, 1])
    using other = Database.open(`${file.path}2`, { ...SCHEMA, synchronous: 'NORMAL' })
    assert.equal(pragma(other, 'synchronous'), 1)
  })

  test('keeps what it holds, and later migrations come on top', () => {
    using file = temporaryFile()
    {
      using database = Database.open(file.path, SCHEMA)
      add(database, 'kept')
    }
    using database = Database.open(file.path, LATER)
    assert.deepEqual(names(database), ['added', 'kept'])
    assert.deepEqual(database.get('SELECT size FROM things WHERE name = ?', 'kept')?.['size' as never], 7)
    assert.equal(pragma(database, 'user_version'), 2)
  })

  test('a migration that fails leaves the version that was there', () => {
    using file = temporaryFile()
    Database.open(file.path, SCHEMA)[Symbol.dispose]()
    const wrong = { ...LATER, migrations: [...LATER.migrations, 'nonsense'] }
    assert.throws(() => Database.open(file.path, wrong), (error) => isGgenError(error, 'store-broken'))
    using database = Database.open(file.path, SCHEMA)
    assert.deepEqual([pragma(database, 'user_version'), names(database)], [1, []])
  })

  test('of a later version is refused and not touched', () => {
    using file = temporaryFile()
    Database.open(file.path, LATER)[Symbol.dispose]()
    const before = readFileSync(file.path)
    assert.throws(() => Database.open(file.path, SCHEMA), (error) => isGgenError(error, 'store-broken') && /later version/.test(error.message))
    assert.deepEqual(readFileSync(file.path), before)
  })

  test('of another program is refused and not touched', () => {
    using file = temporaryFile()
    const foreign = new DatabaseSync(file.path)
    foreign.exec('CREATE TABLE bookmarks (address TEXT)')
    foreign.close()
    const before = readFileSync(file.path)
    assert.throws(() => Database.open(file.path, SCHEMA), (error) => isGgenError(error, 'store-broken') && /another program/.test(error.message))
    assert.deepEqual(readFileSync(file.path), before)
    assert(!existsSync(`${file.path}-wal`))
  })

  test('is looked through when it is opened, unless that would take too long', () => {
    using file = temporaryFile()
    damageFile(file.path)
    const sizeBytes = statSync(file.path).size
    for (const checkedBytes of [undefined, sizeBytes]) {
      assert.throws(() => Database.open(file.path, { ...SCHEMA, ...(checkedBytes !== undefined && { checkedBytes }) }), isMalformed)
    }
    let found = 0
    using database = Database.open(file.path, { ...SCHEMA, checkedBytes: sizeBytes - 1 }, { onDamage: () => (found += 1) })
    assert.throws(() => names(database), isMalformed)
    assert.equal(found, 1, 'it shows in use')
  })

  test('that is none, or is damaged, is told apart with the hint of its schema', () => {
    using file = temporaryFile()
    writeFileSync(file.path, 'this is no database at all, but a text that is long enough to have a header'.repeat(20))
    const isBroken = (error: unknown): boolean => isMalformed(error) && error instanceof GgenError && error.hint === 'mend it'
    assert.throws(() => Database.open(file.path, SCHEMA), isBroken)
    using second = temporaryFile()
    damageFile(second.path)
    assert.throws(() => Database.open(second.path, SCHEMA), isBroken)
  })

  test('in a folder that cannot be made is reported', () => {
    using file = temporaryFile()
    writeFileSync(file.path, '')
    assert.throws(() => Database.open(join(file.path, 'below.db'), SCHEMA), (error) => isGgenError(error, 'store-broken'))
  })
})

suite('a transaction', () => {
  test('is taken back when it throws, alone when it is inside another one', () => {
    using file = temporaryFile()
    using database = Database.open(file.path, SCHEMA)
    database.transact(() => {
      add(database, 'outer')
      assert.throws(() => database.transact(() => {
        add(database, 'inner')
        add(database, 'outer')
      }), (error) => isGgenError(error, 'store-broken'))
      database.transact(() => add(database, 'another'))
    })
    assert.deepEqual(names(database), ['another', 'outer'])
  })

  test('that SQLite took back itself does not go on as single statements', () => {
    using file = temporaryFile()
    using database = Database.open(file.path, SCHEMA)
    assert.throws(() => database.transact(() => {
      add(database, 'first')
      database.run('ROLLBACK')
      add(database, 'second')
    }), (error) => isGgenError(error, 'store-broken') && /cannot go on/.test(error.message))
    assert.deepEqual(names(database), [])
    database.transact(() => add(database, 'third'))
    assert.deepEqual(names(database), ['third'])
  })

  test('in which a joined change failed can only be taken back, as far as the level that it belongs to', () => {
    using file = temporaryFile()
    using database = Database.open(file.path, SCHEMA)
    const fail = (): void => database.join(() => {
      add(database, 'half')
      add(database, 'half')
    })
    assert.throws(fail, (error) => isGgenError(error, 'store-broken'))
    assert.deepEqual(names(database), [])
    assert.throws(() => database.transact(() => {
      assert.throws(fail)
      add(database, 'after')
    }), /cannot go on/)
    assert.throws(() => database.transact(() => assert.throws(fail)), /cannot go on/)
    assert.deepEqual(names(database), [])
    database.transact(() => {
      add(database, 'outer')
      assert.throws(() => database.transact(fail))
      database.join(() => add(database, 'joined'))
    })
    assert.deepEqual(names(database), ['joined', 'outer'])
  })

  test('that gathers is committed once, by what settles it or by the next that does not gather', () => {
    using file = temporaryFile()
    using database = Database.open(file.path, SCHEMA)
    using other = new DatabaseSync(file.path, { readOnly: true })
    const seen = (): unknown[] => other.prepare('SELECT name FROM things ORDER BY name').all().map((row) => row['name'])
    database.gather(() => add(database, 'a'))
    database.gather(() => add(database, 'b'))
    assert.deepEqual([names(database), seen()], [['a', 'b'], []])
    database.settle()
    assert.deepEqual(seen(), ['a', 'b'])
    database.gather(() => add(database, 'c'))
    database.transact(() => add(database, 'd'))
    assert.deepEqual(seen(), ['a', 'b', 'c', 'd'])
    database.gather(() => add(database, 'e'))
    assert.throws(() => database.gather(() => add(database, 'a')), (error) => isGgenError(error, 'store-broken'))
    assert.deepEqual(names(database), ['a', 'b', 'c', 'd'])
    database.gather(() => add(database, 'f'))
    assert.throws(() => database.settle(() => void add(database, 'a')), (error) => isGgenError(error, 'store-broken'))
    assert.deepEqual([names(database), seen()], [['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd']])
  })

  test('of another process is waited for, and then reported', () => {
    using file = temporaryFile()
    using database = Database.open(file.path, SCHEMA)
    using other = new DatabaseSync(file.path)
    other.exec('BEGIN IMMEDIATE')
    assert.throws(() => add(database, 'x'), (error) => isGgenError(error, 'too-busy'))
    other.exec('COMMIT')
    assert.equal(add(database, 'x'), 1)
  })
})

test('a closed database says so and closes once', () => {
  using file = temporaryFile()
  const database = Database.open(file.path, SCHEMA)
  database[Symbol.dispose]()
  database[Symbol.dispose]()
  assert.throws(() => names(database), (error) => isGgenError(error, 'cancelled'))
  assert.throws(() => database.transact(() => 0), (error) => isGgenError(error, 'cancelled'))
})
