import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryFolder, type MemoryNode, packArchive } from '#archive'
import { Fingerprinter, type IdentityId, isGgenError, type PackageName, type Version } from '#core'
import { compareFiles } from './compare-files.ts'
import type { VerifiedArchive } from './verified-archive.ts'

const { signal } = new AbortController()

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const FILES = { 'ggen.toml': 'toml', 'bin/run': '#!', 'lib/deep/a.txt': 'text', 'lib/b.txt': 'more' }
const SOUND: Readonly<Record<string, MemoryNode>> = { ...FILES, 'bin/run': { content: '#!', executable: true } }

const archiveOf = async (files: Readonly<Record<string, string>> = FILES): Promise<VerifiedArchive> => {
  const packed = Object.entries(files).map(([path, text]) =>
    ({ path, executable: path.startsWith('bin/'), sizeBytes: text.length, content: () => once(Buffer.from(text)) }))
  const bytes = Buffer.concat(await Array.fromAsync(packArchive(packed)))
  const fingerprinter = new Fingerprinter()
  fingerprinter.update(bytes)
  const identity = `bafyrei${'a'.repeat(52)}` as IdentityId
  return { release: { name: 'a' as PackageName, version: '1.0.0' as Version, identity, ...fingerprinter.finish() }, chunks: once(bytes) }
}

const differences = async (nodes: Readonly<Record<string, MemoryNode>>, hasRights = true): Promise<string[]> =>
  (await compareFiles(await archiveOf(), memoryFolder(nodes), { hasRights, signal })).map(({ path, what }) => `${path} ${what}`)

const without = (path: string): Readonly<Record<string, MemoryNode>> => Object.fromEntries(Object.entries(SOUND).filter(([file]) => file !== path))

describe('comparing the files of a package with its archive', () => {
  it('finds nothing where all is as it was unpacked', async () => {
    assert.deepEqual(await differences(SOUND), [])
  })

  it('names each file that changed, is gone, or came', async () => {
    assert.deepEqual(await differences({ ...SOUND, 'lib/b.txt': 'MORE' }), ['lib/b.txt changed'])
    assert.deepEqual(await differences({ ...SOUND, 'lib/b.txt': 'longer than it was' }), ['lib/b.txt changed'])
    assert.deepEqual(await differences(without('lib/b.txt')), ['lib/b.txt missing'])
    assert.deepEqual(await differences({ ...SOUND, 'lib/c.txt': '', 'more/deep/x': '', 'more/y': '', z: '' }), ['lib/c.txt extra', 'more extra', 'z extra'])
  })

  it('knows a file by its rights and its kind too', async () => {
    const dull = { ...SOUND, 'bin/run': '#!' }
    assert.deepEqual(await differences(dull), ['bin/run rights'])
    assert.deepEqual(await differences(dull, false), [])
    assert.deepEqual(await differences({ ...SOUND, 'lib/b.txt': { content: 'more', executable: true } }), ['lib/b.txt rights'])
    assert.deepEqual(await differences({ ...SOUND, 'lib/b.txt': { kind: 'symlink' } }), ['lib/b.txt kind'])
    assert.deepEqual(await differences({ ...without('lib/b.txt'), 'lib/b.txt/x': '' }), ['lib/b.txt kind', 'lib/b.txt/x extra'])
  })

  it('does not believe an archive that is not the signed one', async () => {
    const other = await archiveOf({ ...FILES, 'lib/b.txt': 'MORE' })
    const { release } = await archiveOf()
    const tree = memoryFolder({ ...SOUND, 'lib/b.txt': 'MORE' })
    await assert.rejects(compareFiles({ release, chunks: other.chunks }, tree, { hasRights: true, signal }), (error) => isGgenError(error, 'integrity'))
  })
})
