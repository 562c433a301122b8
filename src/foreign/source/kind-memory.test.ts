import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { temporaryFolder } from '#testing'
import { openKindMemory } from './kind-memory.ts'

it('remembers of what kind a server is, for each address, and says so when what it wrote is damaged', async () => {
  await using work = await temporaryFolder()
  const folder = join(work.path, 'kinds')
  const [one, other] = [openKindMemory(folder, 'https://one.example'), openKindMemory(folder, 'https://other.example')]
  assert.equal(await one.read(), undefined)
  await one.note('foreign')
  await one.note('ours')
  await other.note('foreign')
  assert.deepEqual(await Promise.all([one, openKindMemory(folder, 'https://one.example'), other].map((memory) => memory.read())), ['ours', 'ours', 'foreign'])
  const files = await readdir(folder)
  assert.equal(files.length, 2, 'no draft is left')
  for (const file of files) await writeFile(join(folder, file), 'else')
  await assert.rejects(one.read(), { code: 'store-broken' })
})
