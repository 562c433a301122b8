import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type IdentityId, parseDigest, parsePackageName, parseVersion, type PeerId } from '#core'
import type { PinReply } from '#doors/control'
import { pinnedText, pinsText, replicationFields, unpinnedText } from './describe-pins.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look = (isTTY: boolean): Look => ({ isTTY, columns: 120, bold: same, dim: same, red: same, command: 'ggen' }) as unknown as Look
const PIN: PinReply = {
  name: parsePackageName('tool'), version: parseVersion('1.0.0'), identity: `bafyrei${'a'.repeat(52)}` as IdentityId,
  digest: parseDigest(`sha256:${'0'.repeat(64)}`), sizeBytes: 2800, reason: 'pin', since: 1_795_232_949_000,
}
const { sizeBytes: _, ...ABSENT } = PIN

describe('what people see of pins', () => {
  it('is a table with sizes, dates and reasons, and one line of whole values each for programs', () => {
    const [heading, ...rows] = pinsText({ pins: [PIN, { ...ABSENT, reason: 'own' }] }, look(true)).split('\n')
    assert.match(heading ?? '', /^NAME +VERSION +PUBLISHER +SIZE +SINCE +WHY$/)
    assert.match(rows[0] ?? '', /tool +1\.0\.0 +aaaa-aaaa-aaaa +2\.8 kB +2026-11-21 03:49Z +pinned$/)
    assert.match(rows[1] ?? '', / - +2026-11-21 03:49Z +published here$/)
    assert.equal(pinsText({ pins: [PIN] }, look(false)), `tool\t1.0.0\t${PIN.identity}\t2800\t1795232949000\tpin\n`)
    assert.equal(pinsText({ pins: [] }, look(true)), '')
  })

  it('says what was pinned and unpinned', () => {
    assert.equal(pinnedText(PIN, look(true)), 'pinned tool 1.0.0 (2.8 kB): it stays here until you unpin it\n')
    assert.equal(unpinnedText({ unpinned: [PIN, PIN] }, look(true)), 'unpinned tool 1.0.0: it may go when room is needed\n'.repeat(2))
  })

  it('names every peer of a replication and why some have no copy', () => {
    const [a, b, c] = ['a', 'b', 'c'] as unknown as [PeerId, PeerId, PeerId]
    const fields = replicationFields({ wanted: 3, holders: [a, b], promised: [], declined: [{ peer: c, why: 'quota' }] })
    assert.deepEqual(fields, [['copies', '2 of 3 on other nodes'], ['', 'a'], ['', 'b'], ['declined', 'c has no room']])
  })
})
