import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName, parseVersion } from '#core'
import { bundledText, takenRemark, takenText } from './describe-bundle.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const LOOK: Look = { isTTY: true, columns: 120, bold: same, dim: same, red: same, command: 'ggen' }
const LEFT = [{ name: 'fsevents', version: '2.0.0', code: 'package-not-found', why: 'nobody has it' }] as const

test('What went into a bundle is told, with what did not', () => {
  const registries = [{ source: 'https://r.example/', versions: 2, keys: true }, { source: 'https://own.example/', versions: 1, keys: false }]
  const text = bundledText({ path: '/b.ggen-bundle', sizeBytes: 5_000_000, registries, releases: 1, left: LEFT, leftOutCount: 2 }, LOOK)
  assert.match(text, /^\/b\.ggen-bundle\n\npackages +2 versions of https:\/\/r\.example\/, with its keys\npackages +1 version of .*signs nothing\n/)
  assert.match(text, /1 release of the network.*\nnot in it +2 entries.*\nsize +5\.0 MB\n\nOPTIONAL, NOT HAD.*\nfsevents@2\.0\.0 +package-not-found/)
  assert.doesNotMatch(bundledText({ path: '/b', sizeBytes: 5, registries: [], releases: 0, left: [], leftOutCount: 0 }, LOOK), /not in it|NOT HAD|network/)
})

test('What came out of a bundle is told, with whose keys count and what does not', () => {
  const registries = [{ source: 'https://r.example/', keys: 'taken', fingerprints: ['SHA256:abc'], versions: 2, asked: 'https://other.example/' }] as const
  const releases = [{ name: parsePackageName('io.ggen.tool'), version: parseVersion('1.0.0') }]
  const reply = { madeAtMs: Date.parse('2026-01-02T03:04:05Z'), registries, releases, left: LEFT, undocumented: LEFT, sizeBytes: 1000 }
  const text = takenText(reply, LOOK)
  assert.match(text, /^made +2026-01-02 03:04Z\npackages +2 versions of https:\/\/r\.example\/, signed by keys that were taken.*\nkey +SHA256:abc\n/)
  assert.match(text, /package +io\.ggen\.tool@1\.0\.0\narchives +1\.0 kB\n\nDOES NOT COUNT[^]*ONLY WITH A LOCK FILE/)
  assert.match(takenRemark(reply) ?? '', /asks https:\/\/other\.example\/ for packages of https:\/\/r\.example\//)
  assert.equal(takenRemark({ ...reply, registries: [] }), undefined)
})
