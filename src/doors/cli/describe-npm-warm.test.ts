import assert from 'node:assert/strict'
import { test } from 'node:test'
import { npmWarmedText } from './describe-npm-warm.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })

test('what lock files need is counted by where it came from, and what is missing is named', () => {
  const missing = [
    { name: 'a', version: '1.0.0', isOptional: false, code: 'no-holder', message: 'nobody\u001b has it' },
    { name: 'b', version: '2.0.0', isOptional: true, code: 'x', message: 'y' },
  ]
  const text = npmWarmedText({
    lockfiles: [{ path: '/p/yarn.lock', format: 'yarn-berry', archives: 5, leftOut: 2 }], archives: 5,
    from: [{ from: 'disk', archives: 1, bytes: 1000, peers: [] }, { from: 'peer', archives: 2, bytes: 2000, peers: ['p'] }], missing,
  }, look)
  assert.equal(text, [
    'needed      5 archives, and 2 from no registry', 'was here    1 archive, 1.0 kB', 'from peers  2 archives, 2.0 kB (1 peer)',
    'missing a@1.0.0: nobody has it', 'missing b@2.0.0 (optional): y', '',
  ].join('\n'))
})
