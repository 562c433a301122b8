import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isPackageName, type PackageName } from '#core'
import { type Likeness, LookAlikes } from '#trust'
import { noRealPackages, realFolders, SNAPSHOTS } from '#testing'
import { expandBraces, OTHERS, POPULAR } from './legitimate-names.ts'
import { typoPairs } from './typo-pairs.ts'

/** Row 12 of the threat table: `reqeust` for `request`. */
const PAIRS = 500
const WARNED_MIN = 0.95
const FALSE_MAX = 0.01

const TYPOS = typoPairs(PAIRS, POPULAR, new Set([...POPULAR, ...OTHERS]))
/** What a node knows: the names that most people know, and those that the pairs need besides. */
const KNOWN = new Set([...POPULAR, ...TYPOS.map(({ meant }) => meant)])
const INDEX = new LookAlikes(KNOWN)

/** Nobody is warned of a name that is known. */
const aliked = (name: PackageName): readonly Likeness[] => (KNOWN.has(name) ? [] : [...INDEX.near(name)])

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

test('at least 95 % of 500 typing errors are warned of, with the name that was meant', (context: TestContext) => {
  const missed = TYPOS.filter(({ typo, meant }) => !aliked(typo).some((alike) => alike.known === meant))
  const warned = 1 - missed.length / TYPOS.length
  context.diagnostic(`warned of ${percent(warned)} of ${TYPOS.length}; missed: ${missed.map(({ typo, meant }) => `${typo}:${meant}`).join(' ')}`)
  assert.equal(TYPOS.length, PAIRS)
  assert.equal(new Set(TYPOS.map(({ typo, meant }) => `${typo} ${meant}`)).size >= 0.98 * PAIRS, true, 'few pairs are there twice')
  assert.ok(warned >= WARNED_MIN)
})

test('fewer than 1 % of 5,000 legitimate names are warned of', (context: TestContext) => {
  assert.deepEqual([POPULAR.length, OTHERS.length, new Set([...POPULAR, ...OTHERS]).size], [1000, 4000, 5000])
  const warned = [...POPULAR, ...OTHERS].flatMap((name) => aliked(name).slice(0, 1).map((alike) => `${name}:${alike.known}`))
  const share = warned.length / (POPULAR.length + OTHERS.length)
  const ofOthers = percent(warned.length / OTHERS.length)
  context.diagnostic(`${warned.length} of 5,000 (${percent(share)}; ${ofOthers} of the 4,000 less known ones): ${warned.join(' ')}`)
  assert.ok(share < FALSE_MAX)
  assert.ok(warned.length > 0, 'some of these names do look alike: if none is seen, nothing is looked at')
})

test('no real ggen package is warned of', { skip: noRealPackages }, async () => {
  const folders = (await Promise.all(SNAPSHOTS.map(realFolders))).flat()
  const names = [...new Set(folders.map((folder) => basename(folder)))].filter((name): name is PackageName => isPackageName(name))
  assert.ok(names.length > 50)
  assert.deepEqual(names.filter((name) => aliked(name).length > 0), [])
})

test('the list of names is read as a shell would', () => {
  assert.deepEqual(expandBraces('a{b,c{d,e}f}g'), ['abg', 'acdfg', 'acefg'])
  assert.deepEqual(expandBraces('is-{,odd}'), ['is-', 'is-odd'])
})
