import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeArchive, type FolderTree, memoryFolder, type MemoryNode, readArchive } from '#archive'
import { type ErrorCode, isGgenError, LIMITS } from '#core'
import { packFolder } from './pack-folder.ts'

const { signal } = new AbortController()
const MANIFEST = '[pack]\nname = "a-pack"\nversion = "1.0.0"\n'

const pack = async (nodes: Readonly<Record<string, MemoryNode>>): Promise<Uint8Array> =>
  Buffer.concat(await Array.fromAsync(packFolder(memoryFolder(nodes), signal)))

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const list = async (bytes: Uint8Array): Promise<string[]> => {
  const paths: string[] = []
  for await (const { path, executable } of readArchive(once(bytes))) paths.push(path + (executable ? '*' : ''))
  return paths
}

const refusedAs = (code: ErrorCode, rule?: string, path?: string) => (error: unknown): boolean =>
  isGgenError(error, code) && error.details['rule'] === rule && (path === undefined || error.details['path'] === path)

describe('packFolder', () => {
  it('packs what belongs to the package and nothing else', async () => {
    const bytes = await pack({
      'pack.toml': MANIFEST,
      'README.md': '# a',
      'bin/run': { content: '#!/bin/sh', executable: true },
      'ontology/a.ttl': 'x',
      '.gitignore': 'out/\n*.tmp\nREADME.md\n',
      'out/large': 'x',
      'a.tmp': 'x',
      'sub/.npmignore': 'b',
      'sub/b': 'x',
      'sub/c': 'x',
      'sub/node_modules/x/y': 'x',
      '.npmrc': 'secret',
      'ggen.lock': '',
      'out/link': { kind: 'symlink' },
      'node_modules/link': { kind: 'symlink' },
    })
    assert.deepEqual(await list(bytes), ['.gitignore', 'README.md', 'bin/run*', 'ggen.lock', 'ontology/a.ttl', 'pack.toml', 'sub/.npmignore', 'sub/c'])
    assert.equal((await describeArchive(once(bytes))).manifest.name, 'a-pack')
  })

  it('gives the same bytes for the same folder', async () => {
    const files = { 'pack.toml': MANIFEST, b: '1', a: '2' }
    assert.deepEqual(await pack(files), await pack(Object.fromEntries(Object.entries(files).toReversed())))
  })

  it('follows the allow-list of the manifest that counts', async () => {
    const npm = '{"name":"a","version":"1.0.0","files":["lib"],"main":"index.js"}'
    const one = await pack({ 'package.json': npm, 'index.js': '', 'lib/a': '', 'test/a': '', LICENSE: '' })
    assert.deepEqual(await list(one), ['LICENSE', 'index.js', 'lib/a', 'package.json'])
    const both = await pack({ 'package.json': npm, 'pack.toml': `${MANIFEST}include = ["test/**"]`, 'index.js': '', 'lib/a': '', 'test/a': '' })
    assert.deepEqual(await list(both), ['pack.toml', 'package.json', 'test/a'])
  })

  it('looks at nothing below a folder that is no package', async () => {
    const tree: FolderTree = {
      list: (path) => Promise.resolve(path === '' ? [{ name: 'a', kind: 'folder', sizeBytes: 0, executable: false }] : assert.fail(`listed ${path}`)),
      open: (path) => assert.fail(`opened ${path}`),
    }
    await assert.rejects(Array.fromAsync(packFolder(tree, signal)), refusedAs('manifest-missing'))
    await assert.rejects(pack({ 'pack.toml': '[pack]', 'a/b': '' }), refusedAs('manifest-invalid'))
  })

  it('refuses links and special files that are not ignored, with their path', async () => {
    await assert.rejects(pack({ 'pack.toml': MANIFEST, 'a/l': { kind: 'symlink' } }), refusedAs('archive-unsafe', 'link', 'a/l'))
    await assert.rejects(pack({ 'pack.toml': MANIFEST, 'a/f': { kind: 'other' } }), refusedAs('archive-unsafe', 'type', 'a/f'))
    await assert.rejects(pack({ 'pack.toml': { kind: 'symlink' } }), refusedAs('archive-unsafe', 'link', 'pack.toml'))
    assert.deepEqual(await list(await pack({ 'pack.toml': MANIFEST, 'a/l': { kind: 'symlink' }, '.ggenignore': 'l' })), ['.ggenignore', 'pack.toml'])
  })

  it('refuses names that do not fit every file system', async () => {
    const names = { character: 'a:b', reserved: 'aux.js', 'normal-form': 'cafe\u0301', ending: 'a.', depth: `${'d/'.repeat(40)}f` }
    for (const [rule, name] of Object.entries(names)) {
      await assert.rejects(pack({ 'pack.toml': MANIFEST, [name]: '' }), refusedAs('archive-unsafe', rule), name)
    }
    await assert.rejects(pack({ 'pack.toml': MANIFEST, 'a/B': '', 'a/b': '' }), refusedAs('archive-unsafe', 'collision'))
  })

  it('counts before it opens anything', async () => {
    const root = [{ name: 'pack.toml', kind: 'file', sizeBytes: MANIFEST.length, executable: false } as const]
    const tree = (more: readonly { readonly name: string; readonly sizeBytes: number }[]): FolderTree => ({
      list: () => Promise.resolve([...root, ...more.map((file) => ({ ...file, kind: 'file', executable: false }) as const)]),
      open: (path) => (path === 'pack.toml' ? once(Buffer.from(MANIFEST)) : assert.fail(`opened ${path}`)),
    })
    const many = Array.from({ length: LIMITS.archiveFiles }, (_, index) => ({ name: `f${index}`, sizeBytes: 0 }))
    await assert.rejects(Array.fromAsync(packFolder(tree(many), signal)), refusedAs('archive-too-large'))
    await assert.rejects(Array.fromAsync(packFolder(tree([{ name: 'a', sizeBytes: LIMITS.unpackedBytes }]), signal)), refusedAs('archive-too-large'))
    const manifest = { name: 'pack.toml', kind: 'file', sizeBytes: LIMITS.manifestBytes + 1, executable: false } as const
    const large = { ...tree([]), list: () => Promise.resolve([manifest]) }
    await assert.rejects(Array.fromAsync(packFolder(large, signal)), refusedAs('manifest-invalid'))
  })

  it('stops with the reason of its signal', async () => {
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await assert.rejects(Array.fromAsync(packFolder(memoryFolder({ 'pack.toml': MANIFEST }), stop.signal)), /enough/)
  })
})
