import assert from 'node:assert/strict'
import { chmod, lstat, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { temporaryFolder, writeTree } from '#testing'
import { nearestFiles } from './nearest-files.ts'

const MOST_BYTES = 100

describe('The nearest files', () => {
  it('are those of the folder itself, or else of the first above it', async () => {
    await using work = await temporaryFolder()
    await writeTree(work.path, { 'yarn.lock': 'top', 'bun.lock': 'top', 'a/bun.lock': 'a', 'a/b/x.txt': 'x' })
    const found = await nearestFiles(join(work.path, 'a', 'b'), ['yarn.lock', 'bun.lock', 'no-such-name-anywhere'], MOST_BYTES)
    assert.deepEqual(found.map(({ path, text }) => [path, text]), [[join(work.path, 'yarn.lock'), 'top'], [join(work.path, 'a', 'bun.lock'), 'a']])
  })

  it('are no links, nothing large, and nothing but text', async () => {
    await using work = await temporaryFolder()
    await writeTree(work.path, { 'real.txt': 'x', 'large.lock': 'x'.repeat(MOST_BYTES + 1) })
    await symlink(join(work.path, 'real.txt'), join(work.path, 'link.lock'))
    await writeFile(join(work.path, 'bytes.lock'), Buffer.from([0x61, 0xff]))
    assert.deepEqual(await nearestFiles(work.path, ['link.lock', 'large.lock', 'bytes.lock'], MOST_BYTES), [])
  })

  it('are replaced whole, with the rights that they have, and nothing stays beside them', async () => {
    await using work = await temporaryFolder()
    await writeTree(work.path, { 'yarn.lock': '\uFEFFone\r\n' })
    const path = join(work.path, 'yarn.lock')
    await chmod(path, 0o640)
    const [file] = await nearestFiles(work.path, ['yarn.lock'], MOST_BYTES)
    assert.equal(file?.text, '\uFEFFone\r\n')
    await file.replace('two')
    assert.deepEqual([await readFile(path, 'utf8'), (await lstat(path)).mode & 0o777, await readdir(work.path)], ['two', 0o640, ['yarn.lock']])
    await assert.rejects(file.replace('three'), (error) => isGgenError(error, 'conflict'))
    assert.deepEqual([await readFile(path, 'utf8'), await readdir(work.path)], ['two', ['yarn.lock']])
  })
})
