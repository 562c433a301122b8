import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { otherRegistries, PROJECT_SETTINGS } from './named-registries.ts'
import { setUpNpmrc } from './set-up-npmrc.ts'

const DOOR = 'http://127.0.0.1:4003/npm/'
const KNOWN = { upstream: 'https://r.example/', door: DOOR }
const OTHER = 'https://other.example/npm/'

const found = (path: string, text: string, variables = {}): readonly string[] =>
  otherRegistries([{ path, text }], variables, KNOWN).map(({ from, address }) => `${from}: ${address}`)

describe('The registries that a project names', () => {
  it('are found in the files of every client', () => {
    const files = [
      ['/p/.npmrc', `# x\nregistry = ${OTHER}\n`], ['/p/.yarnrc.yml', `npmRegistryServer: "${OTHER}" # x\r\n`],
      ['/p/.yarnrc.yml', `'npmRegistryServer': ${OTHER}`],
      ['/p/.yarnrc', `# yarn\nregistry "${OTHER}"\n`], ['/p/bunfig.toml', `[install]\nregistry = "${OTHER}"\n`],
      ['/p/bunfig.toml', `[install]\nregistry = { url = "${OTHER}", token = "x" }\n`],
    ] as const
    for (const [path, text] of files) assert.deepEqual(found(path, text), [`${path}: ${OTHER}`], text)
  })

  it('are found in the environment, whichever client reads it', () => {
    for (const name of ['pnpm_config_registry', 'YARN_NPM_REGISTRY_SERVER', 'YARN_REGISTRY', 'BUN_CONFIG_REGISTRY', 'npm_config_registry']) {
      assert.deepEqual(otherRegistries([], { [name]: OTHER }, KNOWN), [{ from: name, address: OTHER }])
    }
    assert.deepEqual(otherRegistries([], { NPM_CONFIG_REGISTRY: OTHER }, KNOWN).length, 1)
  })

  it('are no other ones where they are what the node asks, or the node itself', () => {
    for (const address of ['https://r.example', 'https://R.example/', DOOR, 'http://localhost:4003/npm', '']) {
      assert.deepEqual(found('.npmrc', `registry=${address}`, { npm_config_registry: address }), [], address)
    }
    assert.deepEqual(found('.npmrc', setUpNpmrc('registry=https://r.example/', { url: DOOR }).text), [])
    assert.deepEqual(found('.npmrc', `@acme:registry=${OTHER}\n//r.example/:_authToken=x\n`), [])
    assert.deepEqual(found('.yarnrc.yml', `npmScopes:\n  acme:\n    npmRegistryServer: "${OTHER}"\n`), [])
    assert.deepEqual([found('bunfig.toml', '[install'), found('bunfig.toml', '[install]\nregistry = 1\n'), found('package.json', OTHER)], [[], [], []])
  })

  it('are read with the variables that stand in them', () => {
    assert.deepEqual(found('.npmrc', 'registry=${R}', { R: OTHER }), [`.npmrc: ${OTHER}`])
    assert.deepEqual(found('.yarnrc.yml', 'npmRegistryServer: ${R}', { R: OTHER }), [`.yarnrc.yml: ${OTHER}`])
    assert.deepEqual(found('.yarnrc', `registry a\nregistry "${OTHER}"\n`), [`.yarnrc: ${OTHER}`])
  })

  it('are refused where they are no addresses', () => {
    for (const [path, text] of [['.npmrc', 'registry=x'], ['bunfig.toml', '[install]\nregistry="https://me:hush@r.example/"']] as const) {
      assert.throws(() => found(path, text), (error) => isGgenError(error, 'config-invalid') && !error.message.includes('hush'))
    }
  })

  it('make no trouble, whatever the files hold', () => {
    const part = fc.constantFrom('registry', 'npmRegistryServer', ':', '=', ' ', '"', "'", OTHER, '\n', '[install]', '{', '}', '${A:-', '#', '\uFEFF')
    fc.assert(fc.property(fc.constantFrom(...PROJECT_SETTINGS), fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')), (path, text) => {
      try {
        for (const { address } of otherRegistries([{ path, text }], {}, KNOWN)) assert.notEqual(address, KNOWN.upstream)
      } catch (error) {
        assert.ok(isGgenError(error, 'config-invalid'))
      }
    }))
  })
})
