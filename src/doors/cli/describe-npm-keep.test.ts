import assert from 'node:assert/strict'
import { test } from 'node:test'
import { npmKeptListText, npmKeptText } from './describe-npm-keep.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })

test('what lock files keep is told with its health', () => {
  const text = npmKeptText([{
    lockfile: '/p/yarn.lock', archives: 3, bytes: 2000, missing: [],
    copies: { wanted: 3, lowest: 1, share: 0.666, peers: [{ peer: 'p', archives: 3 }] },
  }], look)
  assert.equal(text, '/p/yarn.lock\nkept here  3 archives, 2.0 kB\ncopies     at least 1 on other nodes; 66 % of the archives have 3\n  p: 3 archives\n')
  const one = { lockfile: '/p/yarn.lock', archives: 3, bytes: 2000, since: 0, copies: { wanted: 3, seen: { lowest: 2, share: 0.666, at: 60_000 } } }
  const more = [{ ...one, copies: { wanted: 3, seen: { lowest: 4, share: 1, at: 0 } } }, { ...one, copies: { wanted: 3 } }]
  const list = npmKeptListText({ kept: [one, ...more, { peer: 'q', archives: 1, bytes: 1, since: 0 }] }, look)
  assert.match(list, /ARCHIVES[^]*FOR\n +3 +2\.0 kB +2 of 3, 66 % +1970-01-01 00:01Z +1970-01-01 00:00Z +\/p\/yarn\.lock\n/)
  assert.match(list, /\n +3 +2\.0 kB +4 of 3 +1970[^]*\n +3 +2\.0 kB +\? of 3 +1970[^]*\n +1 +1 B +1970-01-01 00:00Z +peer q\n/)
})
