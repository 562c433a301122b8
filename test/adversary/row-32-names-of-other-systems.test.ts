import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archive, file, folder, MANIFEST, pax } from '../../vectors/archives/raw-tar.ts'
import { openSandbox } from './archive-sandbox.ts'

/** What Windows takes for a device, for the same file, or cannot store; what macOS takes for the same file. */
const NAMES: readonly string[] = [
  'con', 'CON', 'Con', 'con.js', 'con.tar.gz', 'con .js', 'prn', 'prn.txt', 'aux', 'aux.js', 'AUX.c', 'nul', 'nul.', 'NUL.txt', 'com1', 'COM1.log', 'com9',
  'com0', 'com¹',
  'com².x', 'lpt1', 'LPT9.x', 'lpt³', 'conin$', 'CONOUT$', 'clock$', 'aux/readme', 'lib/nul', 'lib/con.d/x', 'a.', 'a..', 'a ', 'a. ', 'a .', 'lib./x',
  'lib /x', '...', 'a:b',
  'a::$DATA', 'package.json::$DATA', 'a*', 'a?', 'a"', 'a<', 'a>', 'a|', 'a\\b', 'a\tb', 'a\x7f', 'a\u0085', 'cafe\u0301', '\u212b', '\u1100\u1161',
  'a\u202eb', 'a\u2066b',
  '\ufeffa', '.\u200b.', '\u200b', 'a\u200f', 'd'.repeat(241),
]

/** Two names that are one somewhere: case, accents, invisible letters, compatibility. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['A.js', 'a.js'], ['lib/A', 'LIB/b'], ['PACKAGE.JSON', 'x'], ['straße', 'strasse'], ['ſ', 's'], ['Ω', 'ω'], ['İ', 'i\u0307'], ['a\u200d', 'a'],
  ['a\ufe0f', 'a'],
  ['Ⅷ', 'ⅷ'], ['É', 'é'], ['x/y', 'X'], ['ﬀ', 'ff'], ['K', 'k'],
]

const hostile = (path: string): Uint8Array => archive(MANIFEST, pax({ path: `package/${path}` }), file('package/x'))

/** Names that only look like those. */
const HARMLESS = [
  'console', 'com', 'com10', 'auxiliary.js', 'nul1', 'lpt', '.con', 'a.con', '...a', 'a..b', ' a',
  'café', '日本', '[slug].tsx', '@scope', '#', '~', "it's",
]

test(`${NAMES.length} names and ${PAIRS.length} pairs of names that mean something else on another system are refused on every system`, async (t) => {
  await using sandbox = await openSandbox()
  assert.ok(NAMES.length >= 60 && new Set(NAMES).size === NAMES.length)
  for (const name of NAMES) assert.equal(await sandbox.install(hostile(name)), 'archive-unsafe', JSON.stringify(name))
  for (const name of NAMES.filter((one) => one.length < 90)) {
    assert.equal(await sandbox.install(archive(MANIFEST, folder(`package/${name}/`))), 'archive-unsafe', JSON.stringify(name))
  }
  for (const [one, other] of PAIRS) {
    assert.equal(await sandbox.install(archive(MANIFEST, file(`package/${one}`), file(`package/${other}`))), 'archive-unsafe', `${one} ${other}`)
  }
  assert.equal(await sandbox.install(archive(MANIFEST, ...HARMLESS.map((name) => file(`package/${name}`)))), 'installed')
  assert.deepEqual(await sandbox.outside(), [])
  t.diagnostic(`${NAMES.length} of ${NAMES.length} names and ${PAIRS.length} of ${PAIRS.length} pairs refused, ${HARMLESS.length} harmless names accepted`)
})
