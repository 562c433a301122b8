import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ggen, noRealPackages, realFolders, rounds, SNAPSHOTS, startNode, temporaryFolder } from '#testing'
import { diceOf, hostileArchive, LINKS } from './archive-corpus.ts'
import { openSandbox } from './archive-sandbox.ts'

/** Half of the corpus; row 29 has the other. */
const ARCHIVES = rounds(1000, 25_000)

test(`${ARCHIVES} archives with links, devices and other kinds of entries: each is refused, nothing lies outside, and nothing is a link`, async (t) => {
  await using sandbox = await openSandbox()
  const dice = diceOf('links')
  const counts = new Map<string, number>()
  for (let index = 0; index < ARCHIVES; index += 1) {
    const outcome = await sandbox.install(hostileArchive(dice, dice.pick(LINKS)))
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    assert.notEqual(outcome, 'installed', `archive ${index}`)
  }
  assert.deepEqual(await sandbox.outside(), [])
  t.diagnostic(`${ARCHIVES} hostile archives: ${[...counts].map(([code, count]) => `${count} ${code}`).join(', ')}; 0 installed, 0 files outside`)
})

interface ListedFile { readonly snapshot: string; readonly path: string; readonly symlink?: string }

/** A copy of the real package that has a link, with the link, and the manifest that it was left without. */
const copyLinked = async (folder: string): Promise<string> => {
  const [first = ''] = await realFolders(SNAPSHOTS[1])
  const packages = dirname(dirname(first))
  const rows = (await readFile(join(packages, 'files.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as ListedFile)
  const [row, ...others] = rows.filter(({ symlink: goal }) => goal !== undefined)
  assert.ok(row?.symlink !== undefined && row.symlink.startsWith('/') && others.length === 0)
  const [name = '', ...rest] = row.path.split('/')
  const copy = join(folder, name)
  await cp(join(packages, row.snapshot, name), copy, { recursive: true })
  await writeFile(join(copy, 'package.toml'), '[package]\nname = "a"\nversion = "1.0.0"\n')
  await mkdir(dirname(join(copy, ...rest)), { recursive: true })
  await symlink(row.symlink, join(copy, ...rest))
  return copy
}

test('the one real package with an absolute link is refused as a folder, as an archive, and when somebody signed it all the same', {
  skip: noRealPackages,
}, async (t) => {
  await using work = await temporaryFolder()
  const copy = await copyLinked(work.path)
  const packed = `${copy}.tgz`
  await promisify(execFile)('tar', ['czf', packed, '-C', dirname(copy), basename(copy)])
  await using node = await startNode({ home: join(work.path, 'home') })
  for (const path of [copy, packed]) {
    const refused = await ggen(node.home, 'publish', '--no-passphrase', path, '--json')
    const { error } = refused.json<{ error: { code: string; details: { rule: string } } }>()
    assert.deepEqual([refused.code, error.code, error.details.rule], [5, 'archive-unsafe', 'link'])
  }
  await using sandbox = await openSandbox()
  assert.equal(await sandbox.install(await readFile(packed)), 'archive-unsafe')
  assert.deepEqual(await sandbox.outside(), [])
  t.diagnostic('1 real package with a link out of itself: refused 3 times of 3, by the rule "link"')
})
