import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type ErrorCode, GgenError, LIMITS } from '#core'
import { parseGgenToml } from './ggen-toml.ts'
import { parseGpackToml } from './gpack-toml.ts'
import { isManifestFile, MANIFEST_FILES } from './manifest.ts'
import { field, fieldInvalid, texts } from './manifest-section.ts'
import { showableTexts } from './manifest-texts.ts'
import { parsePackToml } from './pack-toml.ts'
import { asksForInstallScripts, parsePackageJson } from './package-json.ts'
import { parsePackageToml } from './package-toml.ts'
import { chooseManifest, decodeManifest, parseManifest } from './parse-manifest.ts'
import { parseToml, type TomlFault } from './parse-toml.ts'
import { parseTomlDocument } from './toml-manifest.ts'

const refusal = (code: ErrorCode, message: RegExp | string) => (error: unknown): true => {
  assert(error instanceof GgenError, String(error))
  assert.equal(error.code, code, error.message)
  if (typeof message === 'string') assert.equal(error.message, message)
  else assert.match(error.message, message)
  return true
}

const section = (table: Record<string, unknown>) => ({ file: 'pack.toml', label: '[pack] ', table })

describe('ggen.toml', () => {
  it('describes a package in [package], with dependencies beside or inside', () => {
    const table = '[package]\nname = "io.ggen.a"\nversion = "1.2.3"\ntitle = "A"\nfiles = ["lib"]'
    const manifest = parseGgenToml(`${table}\n[dependencies]\n"@x/b" = "^1"\nc = { version = "~2.1" }\n[[bin]]\nname = "a"`)
    assert.deepEqual(manifest, {
      format: 'ggen.toml', name: 'io.ggen.a', version: '1.2.3', title: 'A', description: '', tags: [], category: 'uncategorized', license: '', author: '',
      dependencies: [{ name: '@x/b', range: '^1', kind: 'needed' }, { name: 'c', range: '~2.1', kind: 'needed' }], scripts: false, bins: 1, files: ['lib'],
    })
    assert.equal(parseGgenToml('[package]\nname = "a"\nversion = "1.0.0"\ndependencies = ["b"]\n[dependencies]\nc = "1"')?.dependencies[0]?.name, 'b')
  })

  it('without [package] describes none', () => {
    assert.equal(parseGgenToml('[project]\nname = "a"\nversion = "1.0.0"'), undefined)
    assert.equal(parseGgenToml(''), undefined)
    assert.throws(() => parseManifest('ggen.toml', ''), refusal('manifest-missing', /no \[package\]/))
  })
})

describe('parseToml', () => {
  it('says where a text is not TOML in the words of its caller', () => {
    const refuse = ({ line, column, reason }: TomlFault): GgenError => new GgenError('usage', `${line} ${column} ${reason}`)
    assert.throws(() => parseToml('a = 1\nb = = 2', refuse), refusal('usage', /^2 \d+ ./))
    assert.deepEqual({ ...parseToml('a = 1', refuse) }, { a: 1 })
  })
})

describe('pack.toml', () => {
  it('describes a pack', () => {
    const table = '[pack]\nname = "a-pack"\nversion = "26.8.18+dfcm.1"\ndescription = """one\ntwo"""\ntags = ["X", "y"]'
    const { name, version, title, description, tags } = parsePackToml(`${table}\n[authority]\nname = "other"`)
    assert.deepEqual([name, version, title, description, tags], ['a-pack', '26.8.18+dfcm.1', 'a-pack', 'one\ntwo', ['x', 'y']])
  })

  it('must have [pack]', () => {
    assert.throws(() => parsePackToml('name = "a"'), refusal('manifest-invalid', 'pack.toml: the table [pack] is missing'))
    assert.throws(() => parsePackToml('pack = "a"'), refusal('manifest-invalid', 'pack.toml: pack must be a table'))
  })
})

describe('package.toml', () => {
  it('has tags and keywords as lists or as tables, and authors or an author', () => {
    const head = '[package]\nname = "a"\nversion = "1.0.0"'
    const lists = parsePackageToml(`${head}\ntags = ["One", "two"]\nkeywords = ["two", "three"]\nauthors = ["A", "B <b@x.y>"]\ncategories = ["CLI", "x"]`)
    const tables = parsePackageToml(
      `${head}\nauthor = "A, B <b@x.y>"\ncategory = "cli"\n[package.tags]\ntags = ["One", "two"]\n[package.keywords]\nkeywords = ["two", "three"]`,
    )
    assert.deepEqual(lists, tables)
    assert.deepEqual([lists.tags, lists.author, lists.category], [['one', 'two', 'three'], 'A, B <b@x.y>', 'cli'])
  })

  it('takes dependencies from [package] only', () => {
    const table = '[package]\nname = "a"\nversion = "1.0.0"\ndependencies = ["b", "c@~1.2.3", "d@1.0.0"]'
    const manifest = parsePackageToml(`${table}\n[dependencies]\nserde = { version = "1.0" }`)
    assert.deepEqual(manifest.dependencies.map(({ name, range, kind }) => [name, range, kind]), [
      ['b', '*', 'needed'], ['c', '~1.2.3', 'needed'], ['d', '1.0.0', 'needed'],
    ])
  })

  it('names the field that is wrong', () => {
    const parse = (text: string) => () => parsePackageToml(`[package]\n${text}`)
    assert.throws(parse('version = "1.0.0"'), refusal('manifest-invalid', 'package.toml: [package] name is missing'))
    assert.throws(parse('name = "a"'), refusal('manifest-invalid', 'package.toml: [package] version is missing'))
    assert.throws(parse('name = 1\nversion = "1.0.0"'), refusal('manifest-invalid', 'package.toml: [package] name must be a text'))
    assert.throws(parse('name = "a"\nversion = 1.0'), refusal('manifest-invalid', 'package.toml: [package] version must be a text'))
    assert.throws(parse('name = "a"\nversion = "1.0"'), refusal('version-invalid', 'package.toml: [package] version is not a SemVer version: "1.0"'))
    assert.throws(parse('name = "Next.js"\nversion = "1.0.0"'), refusal('name-invalid', 'package.toml: [package] name is not a package name: "Next.js"'))
    assert.throws(parse('name = "a\\u001b"\nversion = "1.0.0"'), refusal('name-invalid', /"a\\u001b"$/))
  })

  it('names the line where it is not TOML', () => {
    assert.throws(() => parsePackageToml('[package]\nname = "a"\nversion 1'), refusal('manifest-invalid', /^package\.toml, line 3, column \d+: /))
  })

  it('may be TOML 1.1', () => {
    const manifest = parsePackageToml('[package]\nname = "a"\nversion = "1.0.0"\nmetadata = {\n  one = 1, # why\n  two = "\\x41\\e",\n}\ntags = [\n "x",\n]')
    assert.deepEqual(manifest.tags, ['x'])
  })

  it('survives fields of odd types', () => {
    const odd = 'description = 7\ntags = 2020-01-01\nkeywords = [1, "k", {}]\nauthor = []\nlicense = { text = "x" }\nbin = 3\nfiles = { a = "b" }'
    const manifest = parsePackageToml(`[package]\nname = "a"\nversion = "1.0.0"\n${odd}`)
    assert.deepEqual([manifest.description, manifest.tags, manifest.author, manifest.license, manifest.bins, manifest.files], ['', ['k'], '', '', 0, undefined])
  })
})

describe('gpack.toml', () => {
  it('names a package by its id', () => {
    const table = '[gpack]\nid = "io.ggen.rust.cli"\nname = "Rust CLI"\nversion = "0.2.0"\nlicense = "MIT"'
    const manifest = parseGpackToml(`${table}\n[dependencies]\n"io.ggen.base" = ">=0.1 <2"`)
    assert.deepEqual([manifest.name, manifest.title], ['io.ggen.rust.cli', 'Rust CLI'])
    assert.deepEqual(manifest.dependencies, [{ name: 'io.ggen.base', range: '>=0.1 <2', kind: 'needed' }])
    assert.throws(() => parseGpackToml('[gpack]\nname = "a"\nversion = "1.0.0"'), refusal('manifest-invalid', 'gpack.toml: [gpack] id is missing'))
  })
})

describe('package.json', () => {
  const parse = (more: object) => parsePackageJson(JSON.stringify({ name: '@x/a', version: '1.0.0', ...more }))

  it('has people and licences in all of npm\'s forms', () => {
    assert.equal(parse({ author: { name: 'A', email: 'a@x.y' } }).author, 'A')
    assert.equal(parse({ author: ['A', { name: 'B' }] }).author, 'A, B')
    assert.equal(parse({ license: { type: 'MIT', url: 'u' } }).license, 'MIT')
    assert.equal(parse({ licenses: [{ type: 'MIT' }, { type: 'Apache-2.0' }] }).license, 'MIT OR Apache-2.0')
    assert.equal(parse({ license: 7, author: null }).author, '')
  })

  it('tells what npm would run while installing', () => {
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']) assert(parse({ scripts: { [script]: 'node x' } }).scripts, script)
    assert(parse({ gypfile: true }).scripts)
    for (const scripts of [{ test: 'x', build: 'y', uninstall: 'z' }, { install: '' }, 'postinstall', []]) assert(!parse({ scripts }).scripts)
    assert(asksForInstallScripts('{"scripts":{"install":"x"}}'))
    assert(!asksForInstallScripts('{"scripts"'))
  })

  it('counts commands and packs them and the entry point whatever files says', () => {
    assert.equal(parse({ bin: 'a.js' }).bins, 1)
    assert.equal(parse({ bin: { a: 'a.js', b: 'b.js', c: 3 } }).bins, 2)
    assert.deepEqual(parse({ files: ['lib', 1], main: './index.js', bin: { a: 'cli.js' } }).files, ['lib', './index.js', 'cli.js'])
    assert.equal(parse({ main: 'index.js' }).files, undefined)
  })

  it('names what is wrong', () => {
    assert.throws(() => parsePackageJson('{"name": '), refusal('manifest-invalid', /^package\.json: .*JSON/))
    assert.throws(() => parsePackageJson('[]'), refusal('manifest-invalid', 'package.json: it must be an object'))
    const git = { dependencies: { b: 'git+ssh://x' } }
    assert.throws(() => parse(git), refusal('manifest-invalid', 'package.json: dependencies gives "b" a range that is not SemVer: "git+ssh://x"'))
    assert.throws(() => parse({ name: 'JSONStream' }), refusal('name-invalid', /JSONStream/))
  })

  it('is not fooled by keys of objects', () => {
    assert.throws(() => parsePackageJson('{"__proto__":{"name":"a","version":"1.0.0"}}'), refusal('manifest-invalid', 'package.json: name is missing'))
    assert.throws(() => parse({ dependencies: JSON.parse('{"__proto__":"1"}') as object }), refusal('manifest-invalid', /not a package name/))
  })
})

describe('texts of a manifest', () => {
  it('are cleaned and cut, tags rather left out', () => {
    const shown = showableTexts('a', {
      title: 't'.repeat(500),
      description: `${'d'.repeat(9273)}\x1b`,
      tags: ['A b', 'a b', ' ', 'x'.repeat(33), ...Array.from({ length: 30 }, (_, index) => `t${index}`)],
      category: ' Web\nApps ',
      license: 'l'.repeat(100),
      author: '\u202eevil',
    })
    assert.equal(shown.title.length, LIMITS.titleChars)
    assert.equal(shown.description.length, 9273)
    assert.deepEqual(shown.tags.slice(0, 2), ['a b', 't0'])
    assert.equal(shown.tags.length, LIMITS.tags)
    assert.deepEqual([shown.category, shown.license.length, shown.author], ['web apps', LIMITS.licenseChars, 'evil'])
  })

  it('of a list are found in a table of the same name and in one text', () => {
    assert.deepEqual(texts(section({ tags: { tags: ['a', 1] } }), 'tags'), ['a'])
    assert.deepEqual(texts(section({ tags: 'a, b' }), 'tags'), ['a', ' b'])
    assert.equal(field(section({}), 'toString'), undefined)
    assert.equal(fieldInvalid(section({}), 'x', 'is odd').message, 'pack.toml: [pack] x is odd')
  })
})

describe('several manifests', () => {
  const ggen = '[package]\nname = "ggen"\nversion = "1.0.0"'
  const texts: Readonly<Record<(typeof MANIFEST_FILES)[number], string>> = {
    'ggen.toml': ggen,
    'pack.toml': ggen.replace('package', 'pack'),
    'package.toml': ggen,
    'gpack.toml': ggen.replace('package', 'gpack').replace('name', 'id'),
    'package.json': '\ufeff{"name":"ggen","version":"1.0.0"}',
  }

  it('are chosen among in one order', () => {
    for (let first = 0; first < MANIFEST_FILES.length; first++) {
      const found = new Map(MANIFEST_FILES.slice(first).toReversed().map((file) => [file, Buffer.from(texts[file])]))
      assert.equal(chooseManifest(found).format, MANIFEST_FILES[first])
    }
  })

  it('do not count when they are a ggen.toml without [package]', () => {
    const project = Buffer.from('[project]\nname = "p"')
    assert.equal(chooseManifest(new Map([['ggen.toml', project], ['package.json', Buffer.from(texts['package.json'])]])).format, 'package.json')
    assert.throws(() => chooseManifest(new Map([['ggen.toml', project]])), refusal('manifest-missing', /ggen\.toml has no \[package\]/))
    assert.throws(() => chooseManifest(new Map()), refusal('manifest-missing', /no manifest at the root/))
  })

  it('are files with exactly these names', () => {
    assert(isManifestFile('pack.toml'))
    for (const name of ['Pack.toml', 'pack.tom', 'toString', 'a/pack.toml']) assert(!isManifestFile(name))
  })

  it('must be UTF-8', () => {
    assert.throws(() => decodeManifest('pack.toml', Uint8Array.of(0xff)), refusal('manifest-invalid', 'pack.toml: it is not UTF-8'))
  })

  it('give a manifest or a typed error, whatever they hold', () => {
    const typed = (file: (typeof MANIFEST_FILES)[number], bytes: Uint8Array): void => {
      try {
        const manifest = chooseManifest(new Map([[file, bytes]]))
        assert(manifest.tags.length <= LIMITS.tags && manifest.title.length <= LIMITS.titleChars)
      } catch (error) {
        assert(error instanceof GgenError, `${file}: ${String(error)}`)
      }
    }
    const file = fc.constantFrom(...MANIFEST_FILES)
    fc.assert(fc.property(file, fc.uint8Array({ maxLength: 200 }), typed), { numRuns: 500 })
    fc.assert(fc.property(file, fc.string({ unit: 'binary' }), (name, text) => typed(name, Buffer.from(text))), { numRuns: 500 })
    fc.assert(fc.property(file, fc.nat(60), fc.nat(255), (name, place, byte) => {
      const bytes = Buffer.from(texts[name])
      bytes[place % bytes.length] = byte
      typed(name, bytes)
    }), { numRuns: 2000 })
    fc.assert(
      fc.property(fc.json(), (value) => {
        const tables = ['dependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta']
        const fields = [...tables, 'bin', 'license', 'tags', 'files', 'scripts'].map((key) => `"${key}":${value}`)
        typed('package.json', Buffer.from(`{"name":"a","version":"1.0.0",${fields.join(',')}}`))
      }),
    )
  })

  it('are refused with a typed error when they are nested too deep', () => {
    for (const text of [`a = ${'['.repeat(400_000)}`, `a = ${'{a='.repeat(200_000)}`, `a${'.a'.repeat(200_000)} = 1`]) {
      try {
        parseTomlDocument('pack.toml', text)
      } catch (error) {
        assert(error instanceof GgenError, String(error))
      }
    }
    assert.throws(() => parsePackageJson('['.repeat(900_000)), refusal('manifest-invalid', /package\.json/))
  })
})
