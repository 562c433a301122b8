import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import type { ManifestFile } from './manifest.ts'
import { PROJECT_FILES, readProjectNeeds } from './project-needs.ts'

const needs = (files: Partial<Record<ManifestFile, string>>): unknown => {
  const found = readProjectNeeds(new Map(Object.entries(files).map(([file, text]) => [file as ManifestFile, Buffer.from(text)])))
  return found && [found.file, ...found.needs.map(({ name, range, kind }) => `${name} ${range} ${kind}`)]
}

const PACKAGE = '[package]\nname = "me"\nversion = "1.0.0"\n'

describe('what a project asks for', () => {
  it('stands in its manifest', () => {
    const tables = '[dependencies]\na = "^1"\n[optional-dependencies]\nb = "*"\n[peer-dependencies]\nc = "2"\nd = { version = "1", optional = true }\n'
    const expected = ['ggen.toml', 'a ^1 needed', 'b * optional', 'c 2 peer']
    assert.deepEqual(needs({ 'ggen.toml': PACKAGE + tables }), expected)
    assert.deepEqual(needs({ 'ggen.toml': tables }), expected, 'a project need not be a package')
    assert.deepEqual(needs({ 'package.toml': `${PACKAGE}dependencies = ["a@^1"]\n` }), ['package.toml', 'a ^1 needed'])
  })

  it('is nothing where no manifest says so, or npm is asked', () => {
    assert.equal(needs({}), undefined)
    assert.equal(needs({ 'ggen.toml': '[registry]\nmode = "p2p"\n' }), undefined)
    assert.equal(needs({ 'package.json': '{"name":"me","version":"1.0.0","dependencies":{"react":"^18"}}' }), undefined)
    assert(!PROJECT_FILES.includes('package.json'))
    assert.deepEqual(needs({ 'ggen.toml': PACKAGE }), ['ggen.toml'])
  })

  it('comes from the first file that says something', () => {
    const other = { 'package.toml': `${PACKAGE}dependencies = ["a@^1"]\n` }
    assert.deepEqual(needs({ 'ggen.toml': '[dependencies]\nb = "1"\n', ...other }), ['ggen.toml', 'b 1 needed'])
    assert.deepEqual(needs({ 'ggen.toml': '[registry]\n', ...other }), ['package.toml', 'a ^1 needed'])
  })

  it('is refused by name where it is wrong, whatever the file holds', () => {
    const wrong = { 'ggen.toml': '[dependencies]\na = "newest"\n' }
    assert.throws(() => needs(wrong), (error) => isGgenError(error, 'manifest-invalid') && /ggen.toml/.test(error.message))
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...PROJECT_FILES), (text, file) => {
      try {
        needs({ [file]: text })
      } catch (error) {
        assert(isGgenError(error), String(error))
      }
    }))
  })
})
