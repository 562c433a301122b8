import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { archive, file, MANIFEST } from '../../vectors/archives/raw-tar.ts'
import { diceOf, hostileArchive, PATHS } from './archive-corpus.ts'
import { openSandbox } from './archive-sandbox.ts'
import { rounds } from '#testing'

/** Half of the corpus; row 30 has the other. */
const ARCHIVES = rounds(1000, 25_000)

const vectors = (): readonly { readonly name: string; readonly code: string; readonly archive: string }[] =>
  JSON.parse(readFileSync(new URL('../../vectors/archives/hostile.json', import.meta.url), 'utf8')) as { name: string; code: string; archive: string }[]

test(`${ARCHIVES} archives with paths that lead elsewhere, and all hostile ones that are known: each is refused, and nothing lies outside`, async (t) => {
  await using sandbox = await openSandbox()
  assert.equal(await sandbox.install(archive(MANIFEST, file('package/lib/ok'))), 'installed')
  const dice = diceOf('paths')
  const counts = new Map<string, number>()
  for (let index = 0; index < ARCHIVES; index += 1) {
    const outcome = await sandbox.install(hostileArchive(dice, dice.pick(PATHS)))
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    assert.notEqual(outcome, 'installed', `archive ${index}`)
  }
  const known = vectors()
  for (const { name, code, archive: bytes } of known) assert.equal(await sandbox.install(Buffer.from(bytes, 'base64')), code, name)
  assert.deepEqual(await sandbox.outside(), [])
  for (const path of ['/escape', '/tmp/ggen-escape', '/tmp/ggen-a', '/tmp/escape']) assert.ok(!existsSync(path), path)
  assert.deepEqual(await sandbox.installed(), ['lib/', 'lib/ok', 'package.json'], 'what was there before is as it was')
  const codes = [...counts].map(([code, count]) => `${count} ${code}`).join(', ')
  t.diagnostic(`${ARCHIVES + known.length} hostile archives: ${codes}, ${known.length} vectors; 0 installed, 0 files outside`)
})
