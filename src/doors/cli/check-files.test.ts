import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FileFacts } from './commands/machine.ts'
import { checkFiles } from './check-files.ts'

const ME = 1000
const file = (path: string, change: Partial<FileFacts> = {}): FileFacts => ({ path, kind: 'file', mode: 0o600, owner: ME, changedMs: 0, bytes: 1, ...change })
const HOME = file('.', { kind: 'folder', mode: 0o700 })
const KEY = file('keys/identity.json')

/** The states of home, keys and files. */
const statesOf = (...files: readonly FileFacts[]): readonly string[] =>
  checkFiles({ home: '/h', userId: ME, listing: { files, isWhole: true } }).map(({ state }) => state)
const rowOf = (check: string, ...files: readonly FileFacts[]): string => {
  const row = checkFiles({ home: '/h h', userId: ME, listing: { files, isWhole: true } }).find((one) => one.check === check)
  return `${row?.finding} -> ${row?.advice}`
}

test('a home that is its owner\'s alone is right, and one that is not there yet, too', () => {
  const files = [HOME, file('keys', { kind: 'folder', mode: 0o700 }), KEY, file('config.toml', { mode: 0o644 }), file('ggen.sock', { kind: 'socket' })]
  assert.deepEqual(statesOf(...files), ['ok', 'ok', 'ok'])
  assert.deepEqual(checkFiles({ home: '/h', userId: ME, listing: undefined }).map(({ state }) => state), ['ok'])
  assert.match(checkFiles({ home: '/h', userId: ME, listing: { files, isWhole: false } }).at(-1)?.finding ?? '', /^the first 2 /)
})

test('a home that others can write to or own is wrong, one that they can read could be better', () => {
  const home = (change: Partial<FileFacts>): string | undefined => statesOf({ ...HOME, ...change })[0]
  for (const mode of [0o770, 0o702, 0o777]) assert.equal(home({ mode }), 'fail', mode.toString(8))
  for (const mode of [0o755, 0o750, 0o701]) assert.equal(home({ mode }), 'warn', mode.toString(8))
  assert.equal(home({ owner: 0 }), 'fail')
  assert.equal(home({ kind: 'file' }), 'fail')
  assert.match(rowOf('home', { ...HOME, mode: 0o755 }), /-> chmod go= '\/h h'$/)
})

test('keys that others can read, own or have linked are wrong', () => {
  for (const change of [{ mode: 0o604 }, { mode: 0o640 }, { owner: 0 }, { kind: 'link' as const, mode: 0o777 }]) {
    for (const path of ['keys', 'keys/peer.key', 'control.token']) assert.equal(statesOf(HOME, file(path, change))[1], 'fail', path)
  }
  assert.match(rowOf('keys', HOME, { ...KEY, mode: 0o644 }), /identity\.json.* -> chmod -R go= '\/h h\/keys'; if others/)
  assert.match(rowOf('keys', HOME, file('control.token', { mode: 0o644 })), /-> rm '\/h h\/control\.token', and start/)
  assert.equal(statesOf(HOME, file('keyboard.txt', { mode: 0o604 }))[1], 'ok', 'other names are no keys')
})

test('a socket of the agent is its owner\'s alone, or wrong', () => {
  const agent = file('agent.sock', { kind: 'socket' })
  assert.deepEqual(statesOf(HOME, agent), ['ok', 'ok', 'ok', 'ok'])
  for (const change of [{ mode: 0o660 }, { mode: 0o602 }, { mode: 0o601 }, { owner: 0 }, { kind: 'link' as const }, { kind: 'file' as const }]) {
    assert.equal(statesOf(HOME, { ...agent, ...change })[2], 'fail', JSON.stringify(change))
  }
  assert.match(rowOf('agent', HOME, { ...agent, mode: 0o666 }), /^others can open .* -> ggen id lock; then look what is at '\/h h\/agent\.sock'$/)
})

test('other files are wrong where others own or can change them, and better where they cannot read them', () => {
  assert.deepEqual(statesOf(HOME, file('trust.db', { mode: 0o640 })), ['ok', 'ok', 'warn'])
  assert.deepEqual(statesOf(HOME, file('trust.db', { mode: 0o620 })), ['ok', 'ok', 'fail'])
  assert.deepEqual(statesOf(HOME, file('config.toml', { mode: 0o664 })), ['ok', 'ok', 'fail'])
  assert.deepEqual(statesOf(HOME, file('blobs', { kind: 'closed', mode: 0 })), ['ok', 'ok', 'fail'])
  assert.deepEqual(statesOf(HOME, file('blobs', { kind: 'link', mode: 0o777 })), ['ok', 'ok', 'warn'])
  assert.match(rowOf('files', HOME, file('a', { owner: 0 }), file('b', { owner: 0 })), /^\/h h\/a and 1 more belongs .* -> sudo chown -R 1000 '\/h h'$/)
})

test('where files have no modes, nobody can tell', () => {
  assert.deepEqual(checkFiles({ home: 'C:\\h', userId: undefined, listing: { files: [HOME], isWhole: true } }).map(({ state }) => state), ['unknown'])
})
