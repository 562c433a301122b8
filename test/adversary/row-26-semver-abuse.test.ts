import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type FeedOp, isGgenError, isVersion, type OpId, parseVersion, versionSlot } from '#core'
import { pickRelease } from '#flow/resolve'
import { Admissions, createViews } from '#flow/verify'
import { memoryCatalogue } from '#store'
import { openOp } from '#trust'
import { realClock } from '#testing'
import { signedWire } from '../../vectors/invalid-op.ts'
import { genesis, NAME, release } from '../../vectors/story.ts'
import { releaseBody, releaseWire } from '../../vectors/wire.ts'

const g = genesis()

const linesOf = (file: string): string[] =>
  readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.startsWith('"') ? (JSON.parse(line) as string) : line))

/** Texts that some reader of versions takes for one, and another one for another or none. */
const ABUSES = [
  'v1.0.0', 'V1.0.0', '=1.0.0', '==1.0.0', ' 1.0.0', '1.0.0 ', '1.0.0\n', '1.0', '1', '1.0.0.0', '01.0.0', '1.00.0', '1.0.0-01', '1.0.0-', '1.0.0+',
  '1.0.0-+', '1.0.0+a+b',
  `${2 ** 53}.0.0`, `${2 ** 53 + 1}.0.0`, `${2 ** 63}.0.0`, `1.0.0-${2 ** 53 + 1}`, '99999999999.0.0', `${'9'.repeat(300)}.0.0`, '1e3.0.0', '0x1.0.0',
  '-1.0.0', '+1.0.0',
  '1.0.0-é', '１.0.0', '١.0.0', '1\u200b.0.0', '1.0.0-\u202e1', '1.0.0-а', '1.0.0_a', '1.0.0-a_b', '1.0.0-a..b', '1.0.0-.a', '1,0,0', '1.x', '*', 'latest',
  '', '^1.0.0',
  '1.0.0 - 2.0.0', '1.0.0 || 9.9.9', '1.0.0\0', '1.0.0/../9.9.9', '1.0.0@2.0.0', '1.0.0#x', '1.0.0?', '1.0.0%20', `1.0.0-${'a'.repeat(100)}`, 'NaN.0.0',
  'Infinity.0.0',
]

/** Spellings that are equal for SemVer, or that people take for equal; each row is one artefact's slot or not. */
const SLOTS: readonly (readonly [a: string, b: string, isOne: boolean])[] = [
  ['1.0.0', '1.0.0+a', true], ['1.0.0+a', '1.0.0+b', true], ['1.0.0+a', '1.0.0+A', true], ['1.0.0-rc.1+a', '1.0.0-rc.1', true], ['1.0.0+0', '1.0.0+00', true],
  ['1.0.0-rc.1', '1.0.0-rc1', false], ['1.0.0-a', '1.0.0-A', false], ['1.0.0', '1.0.0-0', false], ['1.0.0-1', '1.0.0-01a', false], ['10.0.0', '1.0.0', false],
]

describe('versions', () => {
  const invalid = [...new Set([...ABUSES, ...linesOf('versions_invalid.txt')])]

  test('that are spelled in any other way than SemVer 2.0 are refused, by users’ commands and in signed records', (t) => {
    for (const text of invalid) {
      assert.throws(() => parseVersion(text), (error) => isGgenError(error, 'version-invalid'), JSON.stringify(text))
      const envelope = (): Uint8Array => signedWire(releaseWire({ b: releaseBody({ version: text }) }), 3)
      // The library of the wire format cannot even spell half a character.
      if (text.isWellFormed()) assert.throws(() => openOp(envelope()), (error) => isGgenError(error, 'op-invalid'), JSON.stringify(text))
    }
    const valid = linesOf('versions_valid.txt')
    for (const text of valid) assert.equal(openOp(signedWire(releaseWire({ b: releaseBody({ version: text }) }), 3)).type, 'release', text)
    t.diagnostic(`${invalid.length} texts refused twice, ${valid.length} versions accepted`)
  })

  test('that are equal but for their build metadata are one slot: other bytes under it are a dispute', (t) => {
    let disputes = 0
    for (const [a, b, isOne] of SLOTS) {
      assert.ok(isVersion(a) && isVersion(b))
      assert.equal(versionSlot(a) === versionSlot(b), isOne, `${a} ${b}`)
      const first = release({ roles: g, key: 4 }, a, 'what was reviewed')
      const ops: FeedOp[] = [first, release({ roles: g, key: 4, prev: first }, b, 'what steals')]
      const catalogue = memoryCatalogue()
      const admissions = new Admissions(catalogue, realClock)
      for (const { bytes } of [g, ...ops]) assert.equal(admissions.admit(bytes).outcome, 'added')
      const view = createViews(catalogue).package(g.identity, NAME)
      assert.ok(view)
      const chosen = (version: string): OpId | string => {
        try {
          return pickRelease(view, version).release.id
        } catch (error) {
          return isGgenError(error) ? error.code : 'internal'
        }
      }
      assert.deepEqual([a, b].map(chosen), isOne ? ['disputed', 'disputed'] : ops.map(({ id }) => id), `${a} ${b}`)
      disputes += Number(isOne)
    }
    t.diagnostic(`${disputes} pairs of one slot are disputed, ${SLOTS.length - disputes} pairs of two slots stand side by side`)
  })
})
