import assert from 'node:assert/strict'
import { it } from 'node:test'
import { digestOf, parsePackageName, parseVersion } from '#core'
import { elsewhereRemark, elsewhereText, installedElsewhereText } from './describe-elsewhere.ts'

const look = { isTTY: true, columns: 100, bold: String, dim: String, red: String } as never
const hit = { name: parsePackageName('a'), version: parseVersion('1.0.0'), description: 'a tool', category: 'x', tags: [], score: 0.5 }

it('shows what an index has, and why some of it cannot be installed', () => {
  const found = { source: 'https://x.example/', total: 3, results: [hit, { ...hit, without: 'no digest' }] }
  assert.equal(elsewhereText(found, look), 'NAME  VERSION  SCORE  DESCRIPTION\na     1.0.0     0.50  a tool\na     1.0.0     0.50  (no digest) a tool\n')
  assert.match(elsewhereRemark(found) ?? '', /2 of 3 shown/)
  assert.equal(elsewhereRemark({ ...found, total: 2 }), undefined)
  assert.match(elsewhereRemark({ ...found, total: 0, results: [] }) ?? '', /nothing in https:\/\/x\.example\/ matches/)
})

it('says that nobody signed what was installed', () => {
  const installed = [{ name: hit.name, version: hit.version, digest: digestOf(Buffer.from('a')), path: '/p/a' }]
  const text = installedElsewhereText({ source: 'folder:x', installed }, look)
  assert.equal(text, 'installed a 1.0.0 (folder:x vouches for its digest; nobody signed it)\n  /p/a\n')
})
