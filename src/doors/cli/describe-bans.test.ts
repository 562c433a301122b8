import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseBanSubject, parsePeerId, parseMultiaddr } from '#core'
import type { BanReply } from '#doors/control'
import { allowedText, bannedText, bansText, connectedText, disallowedText, unbannedText } from './describe-bans.ts'
import { lookOf } from './look.ts'

const terminal = lookOf({ write: () => undefined, isTTY: true, columns: 140 }, { NO_COLOR: '1' })
const pipe = lookOf({ write: () => undefined, isTTY: false }, {})
const PEER = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
const SINCE = 1_795_232_949_000
const BAN: BanReply = {
  subject: parseBanSubject('192.0.2.7'), reason: 'wrong\u001b bytes', by: 'node', since: SINCE, forMs: 3_600_000, remainingMs: 59_000.5, count: 1,
}
const { forMs: _for, remainingMs: _left, ...ENDLESS } = { ...BAN, by: 'user' as const, reason: '' }

describe('what people see of bans', () => {
  it('is one table of the banned and the allowed, and whole values for programs', () => {
    const [heading, ...rows] = bansText({ bans: [BAN, ENDLESS], allowed: [{ peer: PEER, since: SINCE }] }, terminal).split('\n')
    assert.match(heading ?? '', /^PEER +IS +LEFT +BY +SINCE +WHY$/)
    assert.match(rows[0] ?? '', /^192\.0\.2\.7 +banned +1 min +the node +2026-11-21 03:49Z +wrong bytes$/)
    assert.match(rows[1] ?? '', /^192\.0\.2\.7 +banned +no end +you +2026-11-21 03:49Z +-$/)
    assert.match(rows[2] ?? '', /^12D3KooW+ +allowed +- +you +2026-11-21 03:49Z +-$/)
    assert.equal(bansText({ bans: [BAN], allowed: [] }, pipe), `192.0.2.7\tbanned\t59000.5\tnode\t${SINCE}\twrong bytes\n`)
    assert.equal(bansText({ bans: [], allowed: [] }, terminal), '')
  })

  it('says what was done', () => {
    assert.equal(bannedText(BAN, terminal), 'banned 192.0.2.7 for 1 h 0 min: wrong bytes\n')
    assert.equal(bannedText(ENDLESS, terminal), 'banned 192.0.2.7 until you lift it\n')
    assert.equal(unbannedText({ unbanned: BAN.subject }, terminal), '192.0.2.7 is not banned any more\n')
    assert.equal(allowedText({ peer: PEER, since: SINCE }, terminal), `${PEER} is never banned from now on\n`)
    assert.equal(connectedText([{ peer: PEER, address: parseMultiaddr('/dns4/a.example/tcp/1') }], terminal), `connected to ${PEER} at /dns4/a.example/tcp/1\n`)
    assert.equal(disallowedText({ disallowed: PEER }, terminal), `${PEER} is like any other peer again\n`)
  })
})
