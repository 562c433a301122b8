import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { digestOf, type GenesisOp, GgenError, type IdentityId, isGgenError, type OpId, parsePackageName, parseVersion } from '#core'
import { type Catalogue, type CatalogueEntry, WHOLE_SET } from '#store'
import { openCatalogue } from './open-catalogue.ts'
import { openPackageSearch } from './open-package-search.ts'

/** In base 6, written with the digits that base 32 has. */
const idOf = (index: number): OpId => {
  const digits = index.toString(6).padStart(4, '0').replace(/\d/g, (digit) => String(Number(digit) + 2))
  return `bafyrei${'a'.repeat(47)}${digits}a` as OpId
}

const NAME = parsePackageName('web-tools')

const genesis = (index: number): GenesisOp => ({
  id: idOf(index), identity: idOf(index) as IdentityId, type: 'genesis', at: index, seq: 0, signers: new Set(), bytes: new Uint8Array(500).fill(index),
  body: { nonce: new Uint8Array(16), root: { keys: [], need: 1 }, recovery: { keys: [], need: 0 }, release: [], need: 1 },
})

const entry = (index: number): CatalogueEntry => ({
  identity: idOf(index) as IdentityId, name: NAME, version: parseVersion('1.0.0'), digest: digestOf(Buffer.of(index)),
  title: `Tool ${index}`, description: '', tags: ['tool'], category: 'web', license: 'MIT', author: '', kind: 'tgz', scripts: false,
  deprecated: false, at: index, known: index, op: idOf(index),
})

const fill = (catalogue: Catalogue): void => catalogue.transact(() => {
  for (let index = 0; index < 64; index += 1) {
    catalogue.putOp(genesis(index))
    catalogue.putEntry(entry(index))
  }
})

const temporaryFolder = (): ReturnType<typeof mkdtempDisposableSync> => mkdtempDisposableSync(join(tmpdir(), 'ggen-catalogue-'))

suite('the catalogue file', () => {
  test('keeps what it holds', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'new', 'catalogue.db')
    let summary
    {
      using catalogue = openCatalogue(path)
      assert.equal(catalogue.rebuilt, false)
      fill(catalogue)
      summary = catalogue.measure(WHOLE_SET)
    }
    using catalogue = openCatalogue(path)
    assert.equal(catalogue.rebuilt, false)
    assert.deepEqual(catalogue.measure(WHOLE_SET), summary)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  test('is begun anew when it is damaged, and the damaged one stays aside', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'catalogue.db')
    for (let round = 1; round <= 5; round += 1) {
      const garbage = `garbage ${round} `.repeat(1000)
      writeFileSync(path, garbage)
      using catalogue = openCatalogue(path)
      assert.equal(catalogue.rebuilt, true)
      assert.equal(catalogue.counts().ops, 0)
      fill(catalogue)
      assert.equal(readFileSync(`${path}.broken-${Math.min(round, 3)}`, 'utf8'), garbage)
    }
    assert.deepEqual(readdirSync(folder.path).sort(), ['catalogue.db', 'catalogue.db.broken-1', 'catalogue.db.broken-2', 'catalogue.db.broken-3'])
  })

  test('of another program is refused and stays where it is', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'catalogue.db')
    const foreign = new DatabaseSync(path)
    foreign.exec('CREATE TABLE bookmarks (address TEXT)')
    foreign.close()
    assert.throws(() => openCatalogue(path), (error) => isGgenError(error, 'store-broken'))
    assert.deepEqual(readdirSync(folder.path), ['catalogue.db'])
  })

  test('with a summary that does not fit is begun anew', () => {
    for (const damage of ['totals SET ops = ops + 1', 'spans SET count = count - 1']) {
      using folder = temporaryFolder()
      const path = join(folder.path, 'catalogue.db')
      {
        using catalogue = openCatalogue(path)
        fill(catalogue)
      }
      const direct = new DatabaseSync(path)
      direct.exec(`UPDATE ${damage}`)
      direct.close()
      using catalogue = openCatalogue(path)
      assert.equal(catalogue.rebuilt, true, damage)
    }
  })

  test('that turns out to be damaged in use is begun anew the next time', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'catalogue.db')
    {
      using catalogue = openCatalogue(path)
      fill(catalogue)
    }
    const direct = new DatabaseSync(path)
    direct.enableDefensive(false)
    direct.exec("UPDATE words_data SET block = x'ff00ff00ff00ff00' WHERE id > 10")
    direct.close()
    {
      using catalogue = openCatalogue(path)
      assert.equal(catalogue.rebuilt, false)
      await using search = openPackageSearch(path)
      const searching = search.search({ words: ['tool'], order: 'relevance', limit: 100, now: 1 }, { kept: [] }, new AbortController().signal)
      await assert.rejects(searching, (error) => isGgenError(error, 'store-broken') && /restart/.test(error.hint))
    }
    {
      using catalogue = openCatalogue(path)
      assert.deepEqual([catalogue.rebuilt, catalogue.counts().ops], [true, 0])
      fill(catalogue)
    }
    using catalogue = openCatalogue(path)
    assert.deepEqual([catalogue.rebuilt, catalogue.counts().ops], [false, 64])
  })

  test('whose rows contradict each other is begun anew the next time', () => {
    const sums = 'spans SET sum = zeroblob(3) WHERE depth > 0'
    for (const damage of ["spans SET path = 'xyz' WHERE depth = 1", sums, "entries SET tags = '['", 'totals SET key = 2']) {
      using folder = temporaryFolder()
      const path = join(folder.path, 'catalogue.db')
      {
        using catalogue = openCatalogue(path)
        fill(catalogue)
        catalogue.putOp(genesis(64))
        const direct = new DatabaseSync(path)
        direct.exec(`UPDATE ${damage}`)
        direct.close()
        const look = (): unknown => [catalogue.counts(), catalogue.divide(WHOLE_SET, 16), catalogue.newestEntries(10)]
        assert.throws(look, (error) => isGgenError(error, 'store-broken') && /restart/.test(error.hint), damage)
      }
      using catalogue = openCatalogue(path)
      assert.equal(catalogue.rebuilt, true, damage)
    }
  })

  test('with any bytes flipped or cut off opens, is begun anew, or is refused with a code', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'catalogue.db')
    {
      using catalogue = openCatalogue(path)
      fill(catalogue)
    }
    const sound = readFileSync(path)
    const flips = fc.array(fc.record({ at: fc.oneof(fc.nat(100), fc.nat(sound.length - 1)), value: fc.nat(255) }), { maxLength: 40 })
    fc.assert(fc.property(flips, fc.option(fc.nat(sound.length), { nil: undefined }), (changes, length) => {
      writeFileSync(path, sound)
      for (const suffix of ['-wal', '-shm', '.damaged']) rmSync(path + suffix, { force: true })
      const bytes = Buffer.from(sound)
      for (const { at, value } of changes) bytes[at] = value
      writeFileSync(path, bytes)
      if (length !== undefined) truncateSync(path, length)
      try {
        using catalogue = openCatalogue(path)
        catalogue.counts()
        catalogue.placesIn(WHOLE_SET, 100)
        catalogue.divide(WHOLE_SET, 16)
        catalogue.newestEntries(100)
        catalogue.entriesUnder('web', 100)
        catalogue.entriesNamed(NAME)
        for (let index = 0; index < 64; index += 1) catalogue.opBytes(idOf(index))
        fill(catalogue)
      } catch (error) {
        assert(error instanceof GgenError, String(error))
      }
    }), { numRuns: 100 })
  })
})
