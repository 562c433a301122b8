import assert from 'node:assert/strict'
import { it } from 'node:test'
import { digestOf, parsePackageName, parseVersion } from '#core'
import { importText, packsText } from './describe-import.ts'

const look = { isTTY: true, columns: 100, bold: String, dim: String, red: String, green: String } as never
const [first, later] = [digestOf(Buffer.from('1')), digestOf(Buffer.from('2'))]

it('shows what was imported, what upstream changed, and what was left, with nothing that a terminal acts on', () => {
  const dispute = { name: parsePackageName('a'), version: parseVersion('1.0.0'), first, later, since: 0, isHeld: true }
  const disputes = [{ ...dispute, isNew: true }, { ...dispute, isNew: false }]
  const left = [{ label: 'b@1.0.0\u001b[2J', code: 'blob-not-found' as const, why: 'it is not there' }]
  const text = importText({ of: 'https://x.example/', shape: 'catalog', imported: [], known: 3, disputes, left }, look)
  assert.match(text, /^mirrored https:\/\/x\.example\/\n\n/)
  assert.match(text, /known +3 versions\ndisputed +2 versions, 1 of them new\nleft +1 entry\n/)
  assert.match(text, /a +1\.0\.0 +sha256:[0-9a-f]{12}… +sha256:[0-9a-f]{12}… +now\na .* 1970-01-01 00:00Z\n/)
  assert.match(text, /NOT IMPORTED +CODE +WHY\nb@1\.0\.0\S* +blob-not-found +it is not there\n$/)
  assert.equal(text.includes('\u001b'), false)
  const preview = importText({ of: 'x', shape: 'list', imported: [], known: 0, disputes: [], left: [], dryRun: true }, look)
  assert.match(preview, /^a mirror of x\n\nindex +list\nto import +0 versions\n/)
})

it('shows which packs of a lock are whole, and where they were found or why not', () => {
  const packs = [
    { name: 'a', source: 'path:../a', state: 'whole' as const, rule: 'older' as const, path: '/packs/a' },
    { name: 'b', source: 'git:x', state: 'unknown' as const, why: 'it is not here' },
  ]
  const text = packsText({ lock: '/ggen.lock', packs }, look)
  assert.equal(text, 'STATE    PACK  RULE   WHERE\nwhole    a     older  /packs/a\nunknown  b     -      git:x: it is not here\n')
  assert.equal(packsText({ lock: '/ggen.lock', packs: [] }, look), '')
})
