import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseManifest } from '#archive'
import { temporaryFolder } from '#testing'
import { manifestOf, writeDraft } from './write-draft.ts'

test('a manifest says what the draft says, whatever the texts are', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => text.isWellFormed() && !/[\p{Cc}]/u.test(text))
  const texts = fc.record({ description: line, author: line, license: line, category: fc.constantFrom('web', 'a b') }, { requiredKeys: [] })
  fc.assert(fc.property(texts, fc.array(fc.constantFrom('a', 'b-c', '"'), { maxLength: 3 }), (draft, tags) => {
    const { name, version, ...said } = parseManifest('ggen.toml', manifestOf({ name: 'a', version: '1.0.0', tags, ...draft }))
    const plain = parseManifest('package.json', JSON.stringify({ name: 'a', version: '1.0.0', tags, ...draft }))
    assert.deepEqual([name, version], ['a', '1.0.0'])
    for (const key of ['description', 'author', 'license', 'tags', 'category'] as const) assert.deepEqual(said[key], plain[key], key)
  }))
})

test('no text becomes another field', () => {
  const manifest = parseManifest('ggen.toml', manifestOf({ name: 'a', version: '1.0.0', description: '"\nversion = "2.0.0"\n[package.x]' }))
  assert.deepEqual([manifest.name, manifest.version], ['a', '1.0.0'])
})

test('files lie where their paths say, and nowhere else', async () => {
  await using folder = await temporaryFolder()
  await writeDraft({ name: 'a', version: '1.0.0', files: { 'x/y.txt': 'é', z: Uint8Array.of(0, 255) } }, folder.path)
  assert.deepEqual((await readdir(folder.path, { recursive: true })).toSorted(), ['ggen.toml', 'x', 'x/y.txt', 'z'])
  assert.equal(await readFile(join(folder.path, 'x/y.txt'), 'utf8'), 'é')
  for (const path of ['../a', '/a', 'a//b', 'a\\b', 'con']) {
    await assert.rejects(writeDraft({ name: 'a', version: '1.0.0', files: { [path]: '' } }, folder.path), { code: 'archive-unsafe' }, path)
  }
  for (const path of ['ggen.toml', 'package.json']) {
    await assert.rejects(writeDraft({ name: 'a', version: '1.0.0', files: { [path]: '' } }, folder.path), { code: 'usage' }, path)
  }
})
