import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { registriesInNpmrc, registriesInYarnrc } from './registries-in.ts'
import { setUpNpmrc } from './set-up-npmrc.ts'
import { setUpYarnrc } from './set-up-yarnrc.ts'

const url = 'http://127.0.0.1:4003/npm/'
const whose = { variables: { UP: 'https://up.example' }, ownDoors: [url] }

describe('the registries that settings name', () => {
  it('are those of an .npmrc, before and after it was set up', () => {
    const text = 'registry=${UP}/\n@a:registry=https://a.example\n@b:registry=\n//up.example/:_authToken=x\n'
    const named = [{ address: 'https://up.example/' }, { scope: '@a', address: 'https://a.example/' }]
    for (const file of [text, setUpNpmrc(text, { url }).text]) assert.deepEqual(registriesInNpmrc(file, whose), named)
    assert.deepEqual(registriesInNpmrc(setUpNpmrc('', { url, scopes: ['@a'] }).text, whose), [])
    assert.deepEqual(registriesInNpmrc('registry=http://localhost:4003/npm', whose), [])
  })

  it('is that of a .yarnrc.yml, before and after it was set up', () => {
    for (const said of ['"https://up.example"', "'https://up.example/' # mine", 'https://up.example/', '"${UP}"', '${NONE-https://up.example}']) {
      const text = `a: b\nnpmRegistryServer: ${said}\n`
      assert.deepEqual(registriesInYarnrc(text, whose), [{ address: 'https://up.example/' }], said)
    }
    const text = 'npmRegistryServer: https://up.example/\n'
    assert.deepEqual(registriesInYarnrc(setUpYarnrc(text, { url }).text, whose), [{ address: 'https://up.example/' }])
    for (const file of ['', setUpYarnrc('', { url }).text, `npmRegistryServer: "${url}"`]) assert.deepEqual(registriesInYarnrc(file, whose), [])
  })

  it('are addresses, or it is said that they are none', () => {
    for (const read of [() => registriesInNpmrc('registry=${NONE}', whose), () => registriesInYarnrc('npmRegistryServer: "${NONE}"', whose)]) {
      assert.throws(read, (error) => isGgenError(error, 'config-invalid'))
    }
    const unit = fc.constantFrom('npmRegistryServer', ': ', '"', '${UP}', '${X:-', '}', '\n', '#', ' ', 'https://x/', '# ggen: added')
    fc.assert(fc.property(fc.string({ unit }), (text) => {
      try {
        registriesInYarnrc(text, whose)
        registriesInNpmrc(text, whose)
      } catch (error) {
        assert.ok(isGgenError(error, 'config-invalid'), String(error))
      }
    }))
  })
})
