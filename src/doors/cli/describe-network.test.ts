import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invitedRemark, invitedText, joinedText, leftText } from './describe-network.ts'

const REPLY = { network: 'acme', bootstrap: [], follow: [], restart: false }

test('a ticket stands alone, so that it can be piped, and beside it what to know of it', () => {
  const invited = { ...REPLY, ticket: 'ggen1abc', made: true }
  assert.equal(invitedText(invited), 'ggen1abc\n')
  assert.match(invitedRemark(invited), /^made the private network acme\nwhoever has this ticket can enter acme: .*\nno node runs here/)
  assert.match(invitedRemark({ ...invited, made: false, restart: true }), /^whoever has(?:.|\n)*restart it/)
})

test('who joins or leaves is told what was left, and what to do now', () => {
  assert.match(joinedText(REPLY), /^joined the private network acme, with 0 addresses to connect to first\nstart the node with/)
  assert.match(joinedText({ ...REPLY, left: 'old', restart: true }), /^left the private network old\njoined(?:.|\n)*restart it/)
  assert.match(leftText({ left: 'acme', restart: false }), /^left the private network acme; what was held there stays in networks\//)
  assert.match(leftText({ restart: true }), /^left the private network;(?:.|\n)*restart it/)
})
