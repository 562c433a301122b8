import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityId, type OpId, parsePackageName, parseVersion } from '#core'
import type { StagedReply } from '#doors/control'
import { approvedText, signaturesText, stagedText } from './describe-staged.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look: Look = { isTTY: true, columns: 120, bold: same, dim: same, red: same, command: 'ggen' }
const ID = `bafyrei${'a'.repeat(52)}`
const STAGED: StagedReply = {
  op: ID as OpId, identity: ID as IdentityId, name: parsePackageName('tool'), version: parseVersion('1.0.0'), says: 'release', at: 1_795_232_949,
  signatures: 1, need: 2, people: 0, human: 1,
}

test('People read what waits, and what it waits for', () => {
  assert.match(stagedText({ staged: [STAGED] }, look), /tool +1\.0\.0 +release +2026-11-21 03:49Z +1 of 2, 0 of 1 by people/)
  assert.equal(stagedText({ staged: [] }, look), '')
  assert.equal(signaturesText({ ...STAGED, human: 0 }), '1 of 2')
})

test('An approval says whether it was the last one that was missing', () => {
  assert.equal(approvedText({ ...STAGED, signatures: 2, people: 1 }, look), 'approved tool 1.0.0\neverybody can choose it now\n')
  assert.match(approvedText(STAGED, look), /it still waits: 1 of 2/)
})
