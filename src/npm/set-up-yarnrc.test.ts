import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { setUpYarnrc, takeOutYarnrc } from './set-up-yarnrc.ts'

const url = 'http://127.0.0.1:4003/npm/'
const SERVER = `npmRegistryServer: "${url}"`
const HOSTS = 'unsafeHttpWhitelist: ["127.0.0.1"]'

describe('setting up a .yarnrc.yml', () => {
  it('adds what is not there, below the beginning of the document', () => {
    assert.equal(setUpYarnrc('', { url }).text, `# ggen: added\n${HOSTS}\n# ggen: added\n${SERVER}\n`)
    assert.equal(setUpYarnrc('# a\r\n---\r\nnodeLinker: pnp\r\n', { url }).text,
      ['# a', '---', '# ggen: added', HOSTS, '# ggen: added', SERVER, 'nodeLinker: pnp', ''].join('\r\n'))
  })

  it('replaces what is there, keeps it in comments and hides tokens in what it shows', () => {
    const before = 'npmRegistryServer: https://r.example\nunsafeHttpWhitelist: [lan, "x"]\nnpmAuthToken: hush\nnpmScopes:\n  a:\n    npmRegistryServer: x\n'
    const { text, changes } = setUpYarnrc(before, { url, token: 't' })
    assert.equal(text, [
      '# ggen: npmRegistryServer: https://r.example', SERVER, '# ggen: unsafeHttpWhitelist: [lan, "x"]', 'unsafeHttpWhitelist: ["127.0.0.1", lan, "x"]',
      '# ggen: npmAuthToken: hush', 'npmAuthToken: "t"', 'npmScopes:', '  a:', '    npmRegistryServer: x', '',
    ].join('\n'))
    assert.deepEqual(changes.at(-1), { before: 'npmAuthToken:(hidden)', after: 'npmAuthToken:(hidden)' })
    assert.equal(takeOutYarnrc(text).text, before)
  })

  it('adds a host to a list of lines, unless it is in it', () => {
    const before = 'unsafeHttpWhitelist:\n  # ours\n  - lan\nx: 1\n'
    const { text, changes } = setUpYarnrc(before, { url })
    assert.ok(text.endsWith('unsafeHttpWhitelist:\n  # ours\n  # ggen: added\n  - "127.0.0.1"\n  - lan\nx: 1\n'), text)
    assert.deepEqual(changes, [{ after: SERVER }, { after: '- "127.0.0.1"' }])
    assert.equal(takeOutYarnrc(text).text, before)
    const has = "unsafeHttpWhitelist:\n- lan\n- '127.0.0.1'"
    assert.equal(setUpYarnrc(has, { url }).text, `# ggen: added\n${SERVER}\n${has}`)
  })

  it('refuses what cannot be replaced line by line', () => {
    const files = [
      'npmRegistryServer: >-\n  https://r.example', 'npmRegistryServer:\n  "https://r.example"', '{a: 1}', '--- {a: 1}', 'unsafeHttpWhitelist: [a,\n  b]',
      'unsafeHttpWhitelist: &x [a]',
      'npmRegistryServer: "https://r.example/\n  more"',
    ]
    for (const file of files) assert.throws(() => setUpYarnrc(file, { url }), (error) => isGgenError(error, 'config-invalid'), file)
    for (const other of ['https://r.example/', 'http://[::1]:1/npm/']) assert.throws(() => setUpYarnrc('', { url: other }), (error) => isGgenError(error,
      'usage'))
  })

  it('is undone byte for byte, whatever the file is', () => {
    const part = fc.constantFrom(
      'npmRegistryServer', 'npmAuthToken', 'unsafeHttpWhitelist', ': ', 'https://r.example', `"${url}"`, '\n', '\r\n', '\r', '# ggen: ', '# ggen: added', '#',
      ' ', '"', '["a"]',
      '- "127.0.0.1"', '  - b', '---', '\uFEFF', '127.0.0.1', 'unsafeHttpWhitelist:\n', '# ggen: added\n', `${SERVER}\n`, `${HOSTS}\n`, 'é',
    )
    const doors = fc.record({ url: fc.constantFrom(url, 'http://localhost:1/npm/'), token: fc.constantFrom('t', 'u') }, { requiredKeys: ['url'] })
    let tried = 0
    fc.assert(fc.property(fc.array(part, { maxLength: 30 }).map((parts) => parts.join('')), doors, (file, door) => {
      const bare = takeOutYarnrc(file).text
      if (!file.includes('# ggen: ')) assert.equal(bare, file)
      try {
        const { text } = setUpYarnrc(file, door)
        assert.equal(takeOutYarnrc(text).text, bare)
        assert.deepEqual(setUpYarnrc(text, door), { text, changes: [] })
        tried += 1
      } catch (error) {
        assert.ok(isGgenError(error, 'config-invalid'), String(error))
      }
    }), { numRuns: 3000 })
    assert.ok(tried > 300, String(tried))
  })
})
