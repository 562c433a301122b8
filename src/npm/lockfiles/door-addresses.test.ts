import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isNpmName, isNpmVersion, tarballPath } from '#npm'
import { backFromDoor, packagesFromDoor, throughDoor, withoutDoor } from './door-addresses.ts'
import { parseLockfile } from './parse-lockfile.ts'

const DOOR = 'http://127.0.0.1:4003/npm/'
const UPSTREAM = 'https://r.example/pkgs/'
const SHASUM = '0123456789abcdef0123456789abcdef01234567'

const upstreamOf = ({ name, version }: { readonly name: string; readonly version: string }): string => `${UPSTREAM}${name}/download/${version}.tgz`
const portable = (fileName: string, text: string): string => withoutDoor({ fileName, text, door: DOOR, upstream: UPSTREAM }, upstreamOf)

describe('Lock files that name the door', () => {
  it('name the registries afterwards: yarn 1', () => {
    const text = `# yarn lockfile v1\r\n\r\n"@s/a@^1", "@s/a@~1.0":\r\n  version "1.0.0"\r\n  resolved "${DOOR}@s/a/-/a-1.0.0.tgz#${SHASUM}"\r\n`
    assert.deepEqual(packagesFromDoor('/x/yarn.lock', text, DOOR), [{ name: '@s/a', version: '1.0.0' }])
    assert.equal(portable('/x/yarn.lock', text), text.replace(`${DOOR}@s/a/-/a-1.0.0.tgz`, `${UPSTREAM}@s/a/download/1.0.0.tgz`))
  })

  it('name the registries afterwards: bun', () => {
    const text = `{\n  "packages": {\n    "x": ["@s/a@1.0.0", "http://localhost:4003/npm/@s%2fa/-/a-1.0.0.tgz", {}, "sha512-a"],\n  }\n}\n`
    assert.deepEqual(packagesFromDoor('bun.lock', text, DOOR), [{ name: '@s/a', version: '1.0.0' }])
    assert.equal(portable('bun.lock', text), text.replace('http://localhost:4003/npm/@s%2fa/-/a-1.0.0.tgz', `${UPSTREAM}@s/a/download/1.0.0.tgz`))
  })

  it('say nothing of an address in bun.lock, as bun does, where it is the one that any registry would have', () => {
    const lineOf = (address: string): string => `{"packages": {"a": ["a@1.0.0", "${address}", {}, ""]}}`
    const file = { fileName: '/p/bun.lock', text: lineOf(`${DOOR}a/-/a-1.0.0.tgz`), door: DOOR, upstream: UPSTREAM }
    assert.equal(withoutDoor(file, () => `${UPSTREAM}a/-/a-1.0.0.tgz`), lineOf(''))
    assert.equal(withoutDoor(file, () => 'https://else.example/a/-/a-1.0.0.tgz'), lineOf('https://else.example/a/-/a-1.0.0.tgz'))
  })

  it('keep what the project itself asks for by the address of a door, and every other address', () => {
    const at = `${DOOR}a/-/a-1.0.0.tgz`
    const yarn = [
      `"a@${at}":`, '  version "1.0.0"', `  resolved "${at}#${SHASUM}"`, '', 'b@^1:', '  version "1.0.0"', `  resolved "https://r.example/b.tgz"`,
      '  dependencies:', `    resolved "${at}"`, '', 'c@^1:', '  version "1.0.0"', '  resolved "http://127.0.0.1:4004/npm/c/-/c-1.0.0.tgz"', '',
      'd@^1:', '  version "1.0.0"', '  resolved "http://192.0.2.1:4003/npm/d/-/d-1.0.0.tgz"', '', 'e@^1:', '  version "1.0.0"',
      `  resolved "${DOOR}e/-/f-1.0.0.tgz"`, '', 'g@^1:', '  version "1.0.0"', `  resolved "${DOOR}g/-/g-1.0.0.tgz?x"`, '',
    ].join('\n')
    const bun = `{"workspaces": {"": {"dependencies": {"a": "${at}"}}}, "packages": {
      "a": ["a@${at}", {}, "x"], "b": ["b@1.0.0", "${at}", {}], "c": ["c@1.0.0", "", {}]}}`
    const berry = `__metadata:\n  version: 8\n\na@^1:\n  resolved "${at}"\n`
    for (const [file, text] of [['yarn.lock', yarn], ['bun.lock', bun], ['yarn.lock', berry], ['package-lock.json', bun]] as const) {
      assert.deepEqual(packagesFromDoor(file, text, DOOR), [], text)
      assert.equal(portable(file, text), text)
    }
  })

  it('keep the address of the door where there is none of a registry, or none that a lock file can hold', () => {
    const text = `a@1:\n  version "1.0.0"\n  resolved "${DOOR}a/-/a-1.0.0.tgz#${SHASUM}"\n`
    const none = [undefined, '', 'a.tgz', 'https://me:hush@r.example/a.tgz', 'https://r.example/"', 'https://r.example/a\n', 'https://r.example/a#b']
    for (const address of none) {
      assert.equal(withoutDoor({ fileName: 'yarn.lock', text, door: DOOR, upstream: UPSTREAM }, () => address), text, address)
    }
  })

  it('name the door for as long as a command runs, where they name a registry behind it for the name: yarn 1 and bun', () => {
    const own = 'https://own.example/npm/'
    const led = (fileName: string, text: string): ReturnType<typeof throughDoor> =>
      throughDoor({ fileName, text, door: DOOR, registriesOf: (name) => [name.startsWith('@s/') ? own : UPSTREAM] }, [UPSTREAM, own])
    const block = (name: string, address: string): string => `${name}@^1:\n  version "1.0.0"\n  resolved "${address}"\n`
    const behind = [
      ['a', `${UPSTREAM}a/-/a-1.0.0.tgz#${SHASUM}`, `${DOOR}a/-/a-1.0.0.tgz#${SHASUM}`], ['"@s/b', `${own}@s%2fb/-/b-1.0.0.tgz`, `${DOOR}@s/b/-/b-1.0.0.tgz`],
    ] as const
    const elsewhere = [
      ['c', `${own}c/-/c-1.0.0.tgz`], ['"@s/d', `${UPSTREAM}@s/d/-/d-1.0.0.tgz`], ['e', `${UPSTREAM}e/download/1.0.0.tgz`],
      ['f', `${UPSTREAM}f/-/f-1.0.0.tgz?x`],
      ['g', 'https://me:hush@r.example/pkgs/g/-/g-1.0.0.tgz'], ['h', 'https://r.example/h/-/h-1.0.0.tgz'], ['a', `${UPSTREAM}a/-/A-1.0.0.tgz`],
    ] as const
    const quoted = (name: string, address: string): string => block(name, address).replace(/^(".*?):\n/, '$1":\n')
    for (const [name, before, after] of behind) {
      const { text, addresses } = led('/x/yarn.lock', quoted(name, before))
      assert.deepEqual([text, [...addresses.values()]], [quoted(name, after), [before.replace(/#.*/, '')]])
      assert.equal(backFromDoor({ fileName: '/x/yarn.lock', text, door: DOOR }, { addresses }), quoted(name, before))
    }
    for (const [name, address] of elsewhere) {
      assert.deepEqual(led('yarn.lock', quoted(name, address)), { text: quoted(name, address), addresses: new Map() }, address)
    }
    const bun = `{"packages": {"a": ["a@1.0.0", "${UPSTREAM}a/-/a-1.0.0.tgz", {}, ""], "b": ["b@1.0.0", "", {}, ""]}}`
    const through = led('bun.lock', bun)
    assert.equal(through.text, bun.replace(UPSTREAM, DOOR))
    assert.equal(backFromDoor({ fileName: 'bun.lock', text: through.text, door: DOOR }, through), bun)
  })

  it('keep the second of two addresses of the same package, so that each comes back where it was', () => {
    const text = ['one', 'two'].map((path) => `a@${path}:\n  version "1.0.0"\n  resolved "https://${path}.example/a/-/a-1.0.0.tgz"\n`).join('\n')
    const bases = ['https://one.example/', 'https://two.example/']
    const { text: through, addresses } = throughDoor({ fileName: 'yarn.lock', text, door: DOOR, registriesOf: () => bases }, bases)
    assert.equal(through, text.replace('https://one.example/', DOOR))
    assert.equal(backFromDoor({ fileName: 'yarn.lock', text: through, door: DOOR }, { addresses }), text)
  })

  const anyRow = fc.record({
    name: fc.stringMatching(/^(?:@[a-z0-9~-]{1,4}\/)?[a-z0-9][\w.~-]{0,6}$/).filter(isNpmName),
    version: fc.stringMatching(/^\d\.\d{1,2}\.\d(?:-[a-z]{1,3}(?:\.\d)?)?$/).filter(isNpmVersion),
    base: fc.constantFrom(DOOR, 'http://[::1]:4003/npm/', 'https://other.example/', 'http://127.0.0.1:4003/', ''),
    more: fc.constantFrom('', '\n', '  \n', '# x\n'),
  })
  const anyRows = fc.uniqueArray(anyRow, { selector: ({ name, version }) => `${name}@${version}`, maxLength: 8 })
  type Row = typeof anyRow extends fc.Arbitrary<infer T> ? T : never
  const addressIn = ({ name, version, base }: Row): string => (base === '' ? '' : `${base}${tarballPath(name, version)}`)
  const classic = (rows: readonly Row[]): string => rows.map((row) =>
    `"${row.name}@${row.version}":\n  version "${row.version}"\n${row.base === '' ? '' : `  resolved "${addressIn(row)}#${SHASUM}"\n`}\n${row.more}`).join('')
  const bun = (rows: readonly Row[]): string => `{"lockfileVersion": 1, "packages": {\n${rows.map((row) =>
    `  "${row.name}": ["${row.name}@${row.version}", "${addressIn(row)}", {}, ""],\n`).join('')}}}`

  for (const [fileName, write] of [['yarn.lock', classic], ['bun.lock', bun]] as const) {
    it(`name the door for the packages of the registry alone, and are the very text again afterwards: any ${fileName}`, () => {
      fc.assert(fc.property(anyRows, (rows) => {
        const text = write(rows)
        const led = throughDoor({ fileName, text, door: DOOR, registriesOf: () => ['https://other.example/'] }, ['https://other.example/'])
        assert.equal(led.text.split('https://other.example/').length, 1)
        const own = rows.filter(({ base }) => base === DOOR)
        assert.equal(led.text.split(DOOR).length - 1, own.length + rows.filter(({ base }) => base === 'https://other.example/').length)
        assert.equal(backFromDoor({ fileName, text: led.text, door: DOOR }, led), text)
      }))
    })

    it(`say the same of every package in any ${fileName}, but for the address of those from the door, and back again are the very text`, () => {
      fc.assert(fc.property(anyRows, (rows) => {
        const unique = fileName === 'bun.lock' ? rows.filter((row, index) => rows.findIndex(({ name }) => name === row.name) === index) : rows
        const text = write(unique)
        const isOwn = ({ base }: Row): boolean => base === DOOR || base.includes('[::1]')
        const changed = portable(fileName, text)
        const expected = parseLockfile(fileName, text).packages.map((one) => {
          const row = unique.find(({ name, version }) => name === one.name && version === one.version)
          return row !== undefined && isOwn(row) ? { ...one, resolved: upstreamOf(one) } : one
        })
        assert.deepEqual(parseLockfile(fileName, changed).packages, expected)
        assert.equal(packagesFromDoor(fileName, text, DOOR).length, unique.filter(isOwn).length)
        assert.deepEqual(packagesFromDoor(fileName, changed, DOOR), [])
        let back = changed
        for (const row of unique.filter(isOwn)) back = back.replace(upstreamOf(row), addressIn(row))
        assert.equal(back, text)
      }))
    })
  }

  it('are left as they are, whatever is in them', () => {
    const part = fc.constantFrom('"', '\n', '\r\n', '  resolved "', DOOR, 'a/-/a-1.0.0.tgz', '["a@1.0.0", ', '"a": ', 'a@1:\n', '#x"', '\\', '{', '}', ' ')
    fc.assert(fc.property(fc.array(part, { maxLength: 24 }).map((parts) => parts.join('')), fc.constantFrom('yarn.lock', 'bun.lock'), (text, fileName) => {
      const parts = portable(fileName, text).split(`${UPSTREAM}a/download/1.0.0.tgz`)
      assert.equal(parts.join(`${DOOR}a/-/a-1.0.0.tgz`), text)
    }))
  })
})
