import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Install } from './commands/group-installs.ts'
import { npmReportText } from './describe-npm-report.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })
const install: Install = {
  client: 'npm', began: Date.UTC(2026, 0, 2, 3, 4), ended: Date.UTC(2026, 0, 2, 3, 4, 2), archives: 3,
  from: [{ from: 'disk', archives: 1, bytes: 1000 }, { from: 'peer', archives: 1, bytes: 2000 }, { from: 'nowhere', archives: 1, bytes: 0 }],
  peers: [{ peer: 'p', archives: 1, bytes: 2000 }], savedMs: 1500,
  troubles: [
    { name: 'a', version: '1.0.0', isServed: false, why: 'no-holder: nobody\u001b' },
    { name: 'b', version: '1.0.0', isServed: true, why: 'timeout: x' },
  ],
}

test('a report tells of each install what it got from where, what that saved, and what failed', () => {
  assert.equal(npmReportText([install], look), [
    '2026-01-02 03:04Z  npm, 3 archives in 2.0 s', 'this disk   1 archive, 1.0 kB', 'peers       1 archive, 2.0 kB', 'not served  1 archive, 0 B',
    'time saved  about 1.5 s', '  p: 1 archive, 2.0 kB', 'not served: a@1.0.0: no-holder: nobody', 'after a failure: b@1.0.0: timeout: x', '',
  ].join('\n'))
  const { savedMs: _, ...unknown } = install
  const peers = Array.from({ length: 12 }, (_one, at) => ({ peer: `p${at}`, archives: 1, bytes: 1 }))
  assert.match(npmReportText([install, { ...unknown, peers }], look), /\n\n2026[^]*time saved {2}not known[^]*and 2 other peers\n/)
})
