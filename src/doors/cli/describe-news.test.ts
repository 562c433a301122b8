import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityId, type News, type OpId, parsePackageName, parseVersion } from '#core'
import { missedRemark, newsText } from './describe-news.ts'
import { lookOf } from './look.ts'

const terminal = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })
const pipe = lookOf({ write: () => undefined, isTTY: false }, {})
const ID = `bafyrei${'a'.repeat(40)}bcdefghijklm` as IdentityId
const heard = { op: ID as OpId, signedAt: 1, heardAt: 1_795_232_949_000, source: 'sync', category: '', tags: [] } as const
const about = { name: parsePackageName('rust-web'), identity: ID, description: 'A fast\u202e\nframework', ...heard }
const release: News = { type: 'release', version: parseVersion('1.2.0'), ...about }
const status: News = { type: 'status', version: '*', state: 'deprecated', why: 'use \u001b[31mthe other', ...about }

test('people see when, what, which version, whose and what it is, without anything that a terminal could obey', () => {
  assert.equal(newsText(release, terminal), '2026-11-21 03:49Z  new release  rust-web@1.2.0  bcde-fghi-jklm  A fast framework\n')
  assert.equal(newsText({ ...release, type: 'package' }, terminal).slice(19, 30), 'new package')
  assert.equal(newsText(status, terminal), '2026-11-21 03:49Z  deprecated   rust-web@*  bcde-fghi-jklm  use [31mthe other\n')
  const { why: _why, ...plain } = status
  assert.equal(newsText({ ...plain, state: 'live', description: '' }, terminal), '2026-11-21 03:49Z  live again   rust-web@*  bcde-fghi-jklm\n')
})

test('the description gets what is left of the line', () => {
  const long: News = { ...release, description: 'x'.repeat(200) }
  assert.equal(newsText(long, terminal).length, 100 + 1)
  assert.match(newsText(long, { ...terminal, columns: 10 }), /x{19}…\n$/)
})

test('what was dropped is about a publisher', () => {
  const dropped: News = { type: 'dropped', identity: ID, records: 3, heardAt: heard.heardAt }
  assert.equal(newsText(dropped, terminal), '2026-11-21 03:49Z  dropped      bcde-fghi-jklm  3 records of this publisher, for want of room\n')
  assert.equal(newsText(dropped, pipe), `${heard.heardAt}\tdropped\t\t\t${ID}\t3 records of this publisher, for want of room\n`)
})

test('other programs get whole values', () => {
  assert.equal(newsText(release, pipe), `${heard.heardAt}\trelease\trust-web\t1.2.0\t${ID}\tA fast framework\n`)
  assert.equal(newsText(status, pipe).split('\t')[1], 'deprecated')
})

test('a gap says how large it is', () => {
  assert.match(missedRemark({ type: 'missed', count: 12 }), /^missed 12 here/)
})
