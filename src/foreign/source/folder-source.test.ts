import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { digestOf, isGgenError, parsePackageName, parseVersion } from '#core'
import { temporaryFolder } from '#testing'
import { ARCHIVE, describeForeignSource, indexOf } from '../foreign-source.conformance.ts'
import { fileAddress, folderSource } from './folder-source.ts'

describeForeignSource('a source in a folder', async (index, archives) => {
  const folder = await temporaryFolder()
  if (index !== undefined) await writeFile(join(folder.path, 'index.json'), index)
  for (const [digest, bytes] of archives) await writeFile(join(folder.path, `${digest.slice(7)}.tgz`), bytes)
  return { source: folderSource(fileAddress(folder.path)), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
})

describe('a folder that somebody brought', () => {
  const never = new AbortController().signal
  const name = parsePackageName('@scope/a-pack')
  const version = { version: parseVersion('1.0.0'), digest: digestOf(ARCHIVE) }

  it('has its archives under any of the usual names, beside the index or in a usual folder', async () => {
    const hex = version.digest.slice(7)
    for (const file of [`archives/scope-a-pack-1.0.0--${hex.slice(0, 12)}.tar.gz`, `packs/sha256-${hex}.tgz`, 'scope-a-pack-1.0.0.tgz', 'dist/other.tar.gz']) {
      await using folder = await temporaryFolder()
      await mkdir(join(folder.path, file, '..'), { recursive: true })
      await writeFile(join(folder.path, file), ARCHIVE)
      const source = folderSource(fileAddress(folder.path))
      await source.openArchive(name, { ...version, address: 'https://x.example/dl/other.tar.gz' }, never)
    }
  })

  it('is not left through links, and never a reason to ask the network', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'm'))
    await writeFile(join(folder.path, 'secret'), 'x')
    await symlink(join(folder.path, 'secret'), join(folder.path, 'm', 'named'))
    const source = folderSource(fileAddress(join(folder.path, 'm')))
    for (const address of [`${fileAddress(join(folder.path, 'm', 'named')).href}`, 'https://127.0.0.1:1/a.tgz']) {
      await assert.rejects(source.openArchive(name, { ...version, address }, never), (error) => isGgenError(error, 'blob-not-found'))
    }
  })

  it('reads what lies where the index says, below it', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'deep', 'er'), { recursive: true })
    await writeFile(join(folder.path, 'deep', 'er', 'a.tgz'), ARCHIVE)
    const source = folderSource(fileAddress(folder.path))
    await source.openArchive(name, { ...version, address: fileAddress(join(folder.path, 'deep', 'er', 'a.tgz')).href }, never)
  })

  it('is shown by its name, not by its path', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'main.json'), indexOf(ARCHIVE))
    const last = folder.path.split('/').at(-1)
    assert.deepEqual([folder.path, join(folder.path, 'index.json'), join(folder.path, 'main.json')].map((path) => folderSource(fileAddress(path)).shownAs), [
      `folder:${last}`, `folder:${last}`, `folder:${last}/main.json`,
    ])
  })
})
