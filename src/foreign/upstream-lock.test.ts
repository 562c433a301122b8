import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { noRealPackages, realFile } from '#testing'
import { isUpstreamLock, parseUpstreamLock } from './upstream-lock.ts'

const HEX = 'ab'.repeat(32)
const isInvalid = (error: unknown): boolean => isGgenError(error, 'lock-invalid')

describe('the lock of the code generator', () => {
  it('names packs, where they came from, and what they hash to', () => {
    const other = '[packs."b c"]\nsource = "git:https://x.example/b#sub"\ncontent_hash = "sha256:1"\n'
    const text = `[packs.a]\nsource = "path:../packs/a"\ncontent_hash = "blake3:${HEX}"\n${other}`
    assert.equal(isUpstreamLock(text), true)
    assert.deepEqual(parseUpstreamLock(text), [
      { name: 'a', source: 'path:../packs/a', path: '../packs/a', hash: HEX }, { name: 'b c', source: 'git:https://x.example/b#sub' },
    ])
  })

  it('is told from ours, and from what is no lock', () => {
    assert.deepEqual(['version = 2\n[[package]]\nname = "a"\n', '{"packages":{}}', 'version = 1\n[packs.a]\n'].map(isUpstreamLock), [false, false, false])
    for (const text of ['', '[packs', 'packs = 3', '[packs]\na = 3\n']) assert.throws(() => parseUpstreamLock(text), isInvalid, text)
    assert.throws(() => parseUpstreamLock(`[packs]\n#${'x'.repeat(2 ** 20)}`), isInvalid)
  })

  it('throws nothing but lock-invalid, and shows nothing that a terminal acts on', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('source', 'content_hash', `blake3:${HEX}`, 'path:x', '\u001b[2J'))
    const linesOf = (entry: Readonly<Record<string, string>>): string[] =>
      Object.entries(entry).map((pair) => pair.map((text) => JSON.stringify(text)).join(' = '))
    const toml = fc.dictionary(word, fc.dictionary(word, word)).map((packs) =>
      Object.entries(packs).flatMap(([name, entry]) => [`[packs.${JSON.stringify(name)}]`, ...linesOf(entry)]).join('\n'))
    fc.assert(fc.property(fc.oneof(fc.string(), toml), (text) => {
      try {
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        for (const { name, source } of parseUpstreamLock(text)) assert.doesNotMatch(name + source, /[\u0000-\u001f\u007f-\u009f]/)
      } catch (error) {
        assert.ok(isInvalid(error), String(error))
      }
    }))
  })

  it('is read in all 16 real cases, 28 packs in all', { skip: noRealPackages }, async () => {
    const files = (await readdir(realFile('locks'))).filter((name) => name.endsWith('ggen.lock'))
    const texts = await Promise.all(files.map((name) => readFile(join(realFile('locks'), name), 'utf8')))
    assert.deepEqual([texts.length, texts.every(isUpstreamLock)], [16, true])
    const packs = texts.flatMap(parseUpstreamLock)
    assert.deepEqual([packs.length, packs.filter(({ hash, path }) => hash === undefined || path === undefined).length], [28, 0])
  })
})
