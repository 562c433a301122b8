import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { TreeEntry } from '#archive'
import { isGgenError, LIMITS } from '#core'
import { type FolderRules, readFolderRules, rootRules } from './folder-rules.ts'

const entry = (name: string, sizeBytes = 1): TreeEntry => ({ name, kind: 'file', sizeBytes, executable: false })

const withIgnore = async (above: FolderRules, path: string, files: Readonly<Record<string, string>>): Promise<FolderRules> => {
  const read = (file: string): Promise<Uint8Array> => Promise.resolve(Buffer.from(files[file.slice(file.lastIndexOf('/') + 1)] ?? ''))
  return await readFolderRules(above, { path, entries: Object.keys(files).map((name) => entry(name)) }, read)
}

const packed = (rules: FolderRules, ...paths: readonly string[]): string[] => paths.filter((path) => !rules.skipsFile(path))

describe('folder rules', () => {
  it('leave out what tools leave behind and what holds secrets, at any depth', () => {
    const rules = rootRules(undefined)
    for (const name of ['node_modules', 'ggen_packages', '.git', '.svn', '.hg', 'CVS', '.ggen']) {
      assert(rules.skipsFolder(name) && rules.skipsFolder(`a/${name}`), name)
    }
    for (const name of ['.DS_Store', '._x', '.npmrc', 'a.orig', '.x.swp', 'npm-debug.log']) assert(rules.skipsFile(name) && rules.skipsFile(`a/${name}`), name)
    const kept = ['ggen.lock', '.gitignore', 'node_modules.md', '.github', 'swp', 'orig']
    assert.deepEqual(packed(rules, ...kept), kept)
  })

  it('pack manifests, readme and licence at the root whatever is ignored', async () => {
    const rules = await withIgnore(rootRules(['lib']), '', { '.npmignore': '*' })
    const always = ['pack.toml', 'package.json', 'README', 'readme.md', 'LICENSE', 'LICENSE-MIT', 'licence.txt']
    assert.deepEqual(packed(rules, ...always), always)
    assert.deepEqual(packed(rootRules(['x']), 'lib/README.md', 'lib/pack.toml', 'READMEFIRST'), [])
  })

  it('take the first ignore file that a folder has', async () => {
    const all = { '.gitignore': 'git', '.npmignore': 'npm', '.ggenignore': 'ggen' }
    assert.deepEqual(packed(await withIgnore(rootRules(undefined), '', all), 'git', 'npm', 'ggen'), ['git', 'npm'])
    assert.deepEqual(packed(await withIgnore(rootRules(undefined), '', { '.gitignore': 'git', '.npmignore': 'npm' }), 'git', 'npm'), ['git'])
    assert.deepEqual(packed(await withIgnore(rootRules(undefined), '', { '.gitignore': 'git' }), 'git', 'npm'), ['npm'])
  })

  it('follow the patterns of git, deeper folders first', async () => {
    const root = await withIgnore(rootRules(undefined), '', { '.gitignore': '# why\n*.log\n!keep.log\n/only-root\nbuild/\nd/**/x\n' })
    assert.deepEqual(packed(root, 'a.log', 'b/a.log', 'keep.log', 'only-root', 'b/only-root', 'd/x', 'd/e/f/x', 'build'), ['keep.log', 'b/only-root', 'build'])
    assert(root.skipsFolder('build') && root.skipsFolder('b/build') && !root.skipsFolder('b'))
    const below = await withIgnore(root, 'b', { '.gitignore': '!a.log\n/c\n' })
    assert.deepEqual(packed(below, 'b/a.log', 'b/z.log', 'b/c', 'b/e/c'), ['b/a.log', 'b/e/c'])
  })

  it('know an allow-list, which the ignore file of the root does not narrow', async () => {
    const rules = rootRules(['lib', './index.js', '/bin/', '*.d.ts', 'data/*.json', '!lib/secret'])
    assert.deepEqual(
      packed(rules, 'lib/a/b', 'lib/secret', 'index.js', 'x/index.js', 'bin/x', 'x/bin/y', 'a.d.ts', 'x/a.d.ts', 'data/a.json', 'data/b/c.json', 'other'),
      ['lib/a/b', 'index.js', 'bin/x', 'a.d.ts', 'x/a.d.ts', 'data/a.json'],
    )
    assert.deepEqual(packed(await withIgnore(rules, '', { '.gitignore': 'lib' }), 'lib/a'), ['lib/a'])
    assert.deepEqual(packed(await withIgnore(rules, 'lib', { '.gitignore': 'a' }), 'lib/a', 'lib/b'), ['lib/b'])
    assert.deepEqual(packed(rootRules(['.']), 'a', 'b/c'), ['a', 'b/c'])
  })

  it('refuse an ignore file that is too large before it is read', async () => {
    const entries = [entry('.gitignore', LIMITS.ignoreFileBytes + 1)]
    const rules = readFolderRules(rootRules(undefined), { path: 'a', entries }, () => assert.fail('read'))
    await assert.rejects(rules, (error) => isGgenError(error, 'archive-too-large'))
  })

  it('decide on any path under any patterns', async () => {
    const part = fc.stringMatching(/^[^/\0]{1,8}$/u).filter((text) => text !== '.' && text !== '..')
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
    await fc.assert(
      fc.asyncProperty(path, fc.string(), fc.array(fc.string()), async (file, patterns, allowed) => {
        const rules = await withIgnore(rootRules(allowed), '', { '.gitignore': patterns })
        assert.equal(typeof rules.skipsFile(file), 'boolean')
        assert.equal(typeof rules.skipsFolder(file), 'boolean')
      }),
    )
  })
})
