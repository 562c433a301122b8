import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type FolderTree, memoryFolder } from '#archive'
import { isGgenError } from '#core'
import { packFolder } from '#flow/publish'
import { temporaryFolder } from '#testing'
import { diskFolder } from './disk-folder.ts'
import { coded, fileFault, systemCode } from './file-fault.ts'

const { signal } = new AbortController()

const read = async (tree: FolderTree, path: string): Promise<string> => Buffer.concat(await Array.fromAsync(tree.open(path, signal))).toString()

interface Twin extends AsyncDisposable {
  readonly tree: FolderTree
}

/** The same folder in memory and on disk. */
const twins: Readonly<Record<string, () => Promise<Twin>>> = {
  memoryFolder: () => {
    const tree = memoryFolder({ a: 'text', 'b/run': { content: '#!', executable: true }, 'b/c/d': 'é', link: { kind: 'symlink' }, 'b/pipe': { kind: 'other' } })
    return Promise.resolve({ tree, [Symbol.asyncDispose]: () => Promise.resolve() })
  },
  diskFolder: async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder.path, 'b/c'), { recursive: true })
    await writeFile(join(folder.path, 'a'), 'text')
    await writeFile(join(folder.path, 'b/run'), '#!')
    await chmod(join(folder.path, 'b/run'), 0o755)
    await writeFile(join(folder.path, 'b/c/d'), 'é')
    await symlink('a', join(folder.path, 'link'))
    execFileSync('mkfifo', [join(folder.path, 'b/pipe')])
    return { tree: diskFolder(folder.path), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
  },
}

for (const [name, make] of Object.entries(twins)) {
  describe(`${name} as a FolderTree`, () => {
    it('lists one folder with kinds, sizes and rights', async () => {
      await using twin = await make()
      const lists = await Promise.all(['', 'b', 'b/c'].map(async (path) => await twin.tree.list(path, signal)))
      const lines = lists.map((entries) => entries.map((entry) => `${entry.name} ${entry.kind} ${entry.sizeBytes}${entry.executable ? ' *' : ''}`).toSorted())
      assert.deepEqual(lines, [['a file 4', 'b folder 0', 'link symlink 0'], ['c folder 0', 'pipe other 0', 'run file 2 *'], ['d file 2']])
    })

    it('opens regular files only, and does not hang on a pipe', async () => {
      await using twin = await make()
      assert.equal(await read(twin.tree, 'b/c/d'), 'é')
      await assert.rejects(read(twin.tree, 'link'), (error) => isGgenError(error, 'archive-unsafe') && error.details['path'] === 'link')
      await assert.rejects(read(twin.tree, 'b/pipe'), (error) => isGgenError(error, 'archive-unsafe'))
    })

    it('says where there is nothing', async () => {
      await using twin = await make()
      await assert.rejects(read(twin.tree, 'b/nothing'), (error) => isGgenError(error, 'path-not-found'))
      await assert.rejects(twin.tree.list('nothing', signal), (error) => isGgenError(error, 'path-not-found'))
    })

    it('stops with the reason of its signal', async () => {
      await using twin = await make()
      await assert.rejects(async () => await twin.tree.list('', AbortSignal.abort(new Error('enough'))), /enough/)
    })
  })
}

describe('diskFolder', () => {
  it('reads nothing through a folder that became a link', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'tree/sub'), { recursive: true })
    await mkdir(join(folder.path, 'elsewhere'))
    await writeFile(join(folder.path, 'elsewhere/secret'), 'secret')
    const tree = diskFolder(join(folder.path, 'tree'))
    await rename(join(folder.path, 'tree/sub'), join(folder.path, 'tree/old'))
    await symlink('../elsewhere', join(folder.path, 'tree/sub'))
    await assert.rejects(read(tree, 'sub/secret'), (error) => isGgenError(error, 'archive-unsafe'))
    await assert.rejects(tree.list('sub', signal), (error) => isGgenError(error, 'archive-unsafe'))
  })

  it('may itself be reached through a link', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'tree'))
    await writeFile(join(folder.path, 'tree/a'), 'x'.repeat(600_000))
    await symlink('tree', join(folder.path, 'link'))
    assert.equal((await read(diskFolder(join(folder.path, 'link')), 'a')).length, 600_000)
  })

  it('packs to the same bytes as its twin in memory', async () => {
    await using folder = await temporaryFolder()
    const files = { 'pack.toml': '[pack]\nname = "a"\nversion = "1.0.0"', 'é': 'x', b: 'y'.repeat(10_000) }
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text)
    const pack = async (tree: FolderTree): Promise<Buffer> => Buffer.concat(await Array.fromAsync(packFolder(tree, signal)))
    assert.deepEqual(await pack(diskFolder(folder.path)), await pack(memoryFolder(files)))
  })
})

describe('faults of files', () => {
  it('are coded by what the operating system says', async () => {
    for (const [system, code] of [['ENOENT', 'path-not-found'], ['EACCES', 'denied'], ['ENOSPC', 'disk-full'], ['EIO', 'store-broken']]) {
      const fault = fileFault(Object.assign(new Error('x'), { code: system }), '/a')
      assert(isGgenError(fault) && fault.code === code && fault.details['path'] === '/a')
      const failing = (): Promise<never> => Promise.reject(Object.assign(new Error('x'), { code: system }))
      await assert.rejects(coded('/a', failing), (error) => isGgenError(error) && error.code === code)
    }
    const bug = new Error('bug')
    assert.equal(fileFault(bug, '/a'), bug)
    assert.equal(systemCode(bug), '')
  })
})
