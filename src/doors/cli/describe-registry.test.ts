import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMultiaddr, parsePeerId } from '#core'
import { madeText, revokedText, servingText, tokensText } from './describe-registry.ts'
import { lookOf } from './look.ts'

const terminal = lookOf({ write: () => undefined, isTTY: true, columns: 140 }, { NO_COLOR: '1' })
const pipe = lookOf({ write: () => undefined, isTTY: false }, {})
const PEER = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
const AT = 1_795_232_949_000
const TOKEN = { id: '0123456789ab', label: 'ci\u001b', names: ['io.acme.*', '@acme/*'], createdAt: AT, expiresAt: AT + 86_400_000 }

test('a registry says where it is asked, and one without a network says so', () => {
  const ready = { peerId: PEER, addresses: [parseMultiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${PEER}`)], home: '/h', pid: 3, url: 'http://127.0.0.1:4080' }
  assert.match(servingText(ready, terminal), /a registry is running for \/h\n\nanswers on +http:\/\/127.0.0.1:4080\nnode +12D3/)
  assert.match(servingText({ ...ready, addresses: [] }, terminal), /listens on +no address: it is in no network/)
})

test('a token is shown once, on a line of its own', () => {
  const text = madeText({ ...TOKEN, token: 'ggen_x' }, terminal)
  assert.equal(text.split('\n')[0], 'ggen_x')
  assert.match(text, /names +io\.acme\.\*, @acme\/\*\nexpires +2026-11-22 03:49Z/)
  assert.equal(revokedText(TOKEN, terminal), '0123456789ab is good for nothing any more\n')
})

test('tokens are a table for people, and whole values for programs', () => {
  const [heading, row] = tokensText([TOKEN], terminal).split('\n')
  assert.match(heading ?? '', /^TOKEN +NAMES +EXPIRES +LAST USED +LABEL$/)
  assert.match(row ?? '', /^0123456789ab +io\.acme\.\*, @acme\/\* +2026-11-22 03:49Z +never +ci$/)
  assert.equal(tokensText([{ ...TOKEN, label: '', lastUsedAt: AT }], pipe), `0123456789ab\tio.acme.*,@acme/*\t${AT + 86_400_000}\t${AT}\t\n`)
  assert.equal(tokensText([], terminal), '')
})
