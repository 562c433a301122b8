import assert from 'node:assert/strict'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, startNode, temporaryFolder } from '#testing'
import { archive, file, header, MANIFEST } from '../../vectors/archives/raw-tar.ts'

/** Every combination of bits that a header can ask for, set user, set group and sticky included. */
const MODES = 0o10000

const nameOf = (mode: number): string => `m${mode.toString(8).padStart(4, '0')}`

const skip = process.platform === 'win32' && 'there are no modes here'

test(`files of all ${MODES} modes are installed as 644 or 755, less what the user's mask takes`, { skip }, async (t) => {
  await using work = await temporaryFolder()
  const files = Array.from({ length: MODES }, (_, mode) => file(`package/${nameOf(mode)}`, '', { mode }))
  const folders = [0o0, 0o777, 0o7777, 0o4755].map((mode) => header({ name: `package/f${mode}/`, type: '5', mode }))
  const path = join(work.path, 'modes.tgz')
  await writeFile(path, archive(MANIFEST, ...files, ...folders))
  await using node = await startNode({ home: join(work.path, 'home') })
  for (const args of [['publish', '--no-passphrase', path], ['install', 'a', '--dir', join(work.path, 'project')]]) {
    const done = await ggen(node.home, ...args, '--json')
    assert.equal(done.code, 0, `${done.stdout}${done.stderr}`)
  }
  const installed = join(work.path, 'project/ggen_packages/a')
  const mask = process.umask()
  const counts = new Map<string, number>()
  for (const name of await readdir(installed)) {
    const stats = await stat(join(installed, name))
    const mode = stats.mode & 0o7777
    const wanted = stats.isDirectory() || (name.startsWith('m') && (Number.parseInt(name.slice(1), 8) & 0o100) !== 0) ? 0o755 : 0o644
    assert.equal(mode, wanted & ~mask, name)
    const text = mode.toString(8)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  assert.equal([...counts.values()].reduce((sum, count) => sum + count, 0), MODES + folders.length + 1)
  t.diagnostic(`${MODES} modes asked for: ${[...counts].map(([mode, count]) => `${count} files and folders of ${mode}`).join(', ')}`)
})
