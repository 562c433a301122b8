import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { CATALOGUES, noRealPackages, realCatalogue, realIndexes } from '#testing'
import { FOREIGN_LIMITS } from './foreign-limits.ts'
import { readIndex } from './read-index.ts'

const AT = new URL('https://packs.example/market/index.json')
const HEX = 'a1'.repeat(32)
const read = (value: unknown, at = AT): ReturnType<typeof readIndex> => readIndex(Buffer.from(JSON.stringify(value)), at)
const isInvalid = (why: RegExp) => (error: unknown): boolean => isGgenError(error, 'index-invalid') && why.test(error.message)
const catalog = (...packs: readonly unknown[]): unknown => ({ schema: 'https://ggen.dev/marketplace/catalog/v2', marketplace_version: '1', packs })

describe('reading an index', () => {
  it('reads a catalog v2', () => {
    const archive = { digest: `sha256:${HEX}`, size_bytes: 7, download_url: 'dl/a.tar.gz' }
    const pack = { name: 'a-pack', version: '26.8.18+x.1', description: 'two\nlines\u001b[31m', ...archive }
    const { shape, packages, refused } = read(catalog(pack))
    assert.deepEqual([shape, refused], ['catalog', []])
    assert.deepEqual(packages, [{
      name: 'a-pack', title: 'a-pack', description: 'two\nlines[31m', tags: [], category: 'uncategorized', license: '', author: '', dependencies: [],
      versions: [{ version: '26.8.18+x.1', digest: `sha256:${HEX}`, sizeBytes: 7, address: 'https://packs.example/market/dl/a.tar.gz' }],
    }])
  })

  it('takes the addresses of a catalog for those of archives, whatever they are called', () => {
    const pack = { name: 'a', version: '1.0.0', digest: `sha256:${HEX}`, download_url: `/v1/blobs/sha256:${HEX}` }
    assert.equal(read(catalog(pack)).packages[0]?.versions[0]?.address, `https://packs.example/v1/blobs/sha256:${HEX}`)
  })

  it('reads a map of packs, whose ids are the names, and says that a git revision is no archive', () => {
    const versions = { '0.1.0': { git_url: 'https://git.example/x.git', git_rev: 'abc', sha256: HEX }, '0.2.0': { git_url: 'x', sha256: 'to_be_calculated' } }
    const { shape, packages } = read({ packs: { 'io.ggen.rust.cli': { id: 'io.ggen.rust.cli', name: 'Rust CLI', tags: ['A'], keywords: ['b'], versions } } })
    assert.equal(shape, 'gpack')
    const [pack] = packages
    assert.deepEqual([pack?.name, pack?.title, pack?.tags], ['io.ggen.rust.cli', 'Rust CLI', ['a', 'b']])
    assert.deepEqual(pack?.versions.map(({ version, digest, without }) => [version, digest !== undefined, without]), [
      ['0.2.0', false, 'the index names no digest of its archive'], ['0.1.0', true, 'the index names a git revision, and no archive'],
    ])
  })

  it('takes the checksum of a list for that of the archive only where one is named, and reads dependencies', () => {
    const dependencies = ['y', 'z@^1.0', 'no name@1', 'w@nonsense', { name: 'v', version_req: '~2' }]
    const entry = { name: 'x', version: '1.0.0', checksum: HEX, download_url: 'https://packs.example/all.zip', dependencies }
    const [x, y] = read({ version: '1', packages: [entry, { ...entry, name: 'y', download_url: 'https://packs.example/y.tgz' }] }).packages
    assert.equal(x?.versions[0]?.digest, undefined, 'the checksum of a folder vouches for no archive')
    assert.equal(y?.versions[0]?.digest, `sha256:${HEX}`)
    assert.deepEqual(x?.dependencies, [{ name: 'v', range: '~2' }, { name: 'y', range: '*' }, { name: 'z', range: '^1.0' }])
  })

  it('reads a map of packages with lists of versions, a bare list, a list with several versions each, and TOML', () => {
    const shapes = [
      read({ packages: { a: { versions: [{ version: '1.0.0' }, { version: '1.1.0' }] } } }), read([{ id: 'A title', name: 'a', version: '1.0.0' }]),
      read({ packages: [{ name: 'a', versions: ['1.0.0', '2.0.0'] }, { name: 'b', versions: [] }] }),
      readIndex(Buffer.from('version = "1"\n[[package]]\nname = "a"\nversion = "1.0.0"\n'), new URL('https://packs.example/packages.toml')),
    ]
    const shown = shapes.map(({ shape, packages }) => [shape, packages.map(({ name, versions }) => [name, ...versions.map((one) => one.version)].join(' '))])
    assert.deepEqual(shown, [
      ['registry', ['a 1.1.0 1.0.0']], ['list', ['a 1.0.0']], ['marketplace', ['a 2.0.0 1.0.0']], ['marketplace', ['a 1.0.0']],
    ])
    assert.deepEqual(shapes[2]?.refused, [{ label: 'b', why: 'the index names no version of it' }])
  })

  it('keeps the first of two digests for one version, and says that there are two', () => {
    const pack = { name: 'a', version: '1.0.0+one', digest: `sha256:${HEX}`, download_url: 'a.tgz' }
    const { packages, clashes } = read(catalog(pack, pack, { ...pack, version: '1.0.0+two', digest: `sha256:${'b'.repeat(64)}` }))
    assert.deepEqual(packages[0]?.versions.map(({ digest }) => digest), [`sha256:${HEX}`])
    assert.deepEqual(clashes, [{ name: 'a', version: '1.0.0+two', digests: [`sha256:${HEX}`, `sha256:${'b'.repeat(64)}`] }])
  })

  it('names what it cannot take, and takes the rest', () => {
    const { packages, refused } = read(catalog({ name: '../x', version: '1.0.0' }, { name: 'b', version: 'v1' }, { name: 'c', version: '1.0.0' }, {}))
    assert.deepEqual(packages.map(({ name }) => name), ['c'])
    assert.deepEqual(refused.map(({ label }) => label), ['../x', 'b v1', '(nameless)'])
  })

  it('refuses what is no index, and one that is too large', () => {
    for (const bytes of ['', '{', '[1]', '3', '{}', '{"packs":[]}', '{"packages":3}', '\xff']) {
      assert.throws(() => readIndex(Buffer.from(bytes, 'latin1'), AT), isInvalid(/./), bytes)
    }
    assert.throws(() => readIndex(Buffer.from('a = ['), new URL('https://x.example/a.toml')), isInvalid(/line 1/))
    assert.throws(() => readIndex(Buffer.alloc(FOREIGN_LIMITS.indexBytes + 1, 32), AT), isInvalid(/larger/))
    const many = Array.from({ length: FOREIGN_LIMITS.packages + 1 }, (_, place) => ({ name: `p${place}`, version: '1.0.0' }))
    assert.throws(() => read({ packages: many }), isInvalid(/more than/))
  })

  it('throws nothing but index-invalid, whatever the bytes are', () => {
    const known = ['packs', 'packages', 'name', 'version', 'versions', 'a', '1.0.0', HEX, '__proto__', 'dependencies', 'https://x/y.tgz']
    const word = fc.oneof(fc.string(), fc.constantFrom(...known))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, word, fc.integer(), fc.constant(null), fc.array(tie('value'), { maxLength: 4 }), tie('table')),
      table: fc.dictionary(word, tie('value'), { maxKeys: 5 }),
    }))
    const index = fc.dictionary(fc.constantFrom('packs', 'packages', 'package', 'schema'), value)
    const texts = fc.oneof(fc.string(), fc.oneof(value, index).map((any) => JSON.stringify(any)))
    fc.assert(fc.property(texts, fc.boolean(), (text, isToml) => {
      try {
        const { packages } = readIndex(Buffer.from(text), new URL(isToml ? 'file:///x/a.toml' : 'file:///x/a.json'))
        for (const { versions } of packages) assert.ok(versions.length > 0)
      } catch (error) {
        assert.ok(isGgenError(error, 'index-invalid'), String(error))
      }
    }), { numRuns: 400 })
  })

  it('reads every real index of the history, and all three catalogues whole', { skip: noRealPackages }, async () => {
    const of = async (path: string): Promise<ReturnType<typeof readIndex>> => readIndex(await readFile(path), pathToFileURL(path))
    const found = await Promise.all((await realIndexes()).map(async (path) => ({ file: basename(path), ...(await of(path)) })))
    assert.equal(found.length, 23)
    const shapes = Object.groupBy(found, ({ shape }) => shape)
    assert.deepEqual([shapes.gpack?.length, shapes.marketplace?.length, shapes.list?.length], [5, 15, 3])
    const titled = found.flatMap(({ refused }) => refused).filter(({ why }) => !why.includes('no version of it'))
    assert.deepEqual([...new Set(titled.map(({ label }) => label))], ['Next.js Ontology-Driven CRUD'])
    for (const [place, count] of [83, 108, 143].entries()) {
      const { shape, packages, refused } = await of(realCatalogue(CATALOGUES[place] ?? assert.fail()))
      const versions = packages.flatMap((one) => one.versions)
      assert.deepEqual([shape, packages.length, refused.length, versions.filter(({ without }) => without !== undefined).length], ['catalog', count, 0, 0])
    }
  })
})
