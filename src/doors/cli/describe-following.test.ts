import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityId, type OpId, parsePackageName, parseVersion } from '#core'
import {
  adviceText, blockedText, blocksText, blockText, followedText, followsText, opinedText, unblockedText, unfollowedText,
} from './describe-following.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look = (isTTY: boolean): Look => ({ isTTY, columns: 120, bold: same, dim: same, red: same, command: 'ggen' })
const [ADA, BOB] = ['a', 'b'].map((letter) => `bafyrei${letter.repeat(52)}` as IdentityId) as [IdentityId, IdentityId]
const SINCE = 1_795_232_949_000
const NAME = parsePackageName('tool')
const SAID = { op: ADA as OpId, identity: ADA, peers: 2 }
const TOLD = '2 peers told, the others hear of it when they compare\n'

test('People read whom they follow, and programs whole values', () => {
  const followed = [{ identity: ADA, since: SINCE, knownSince: SINCE }, { identity: BOB, since: SINCE }]
  assert.match(followedText({ followed }, look(true)), /aaaa-aaaa-aaaa +2026-11-21 03:49Z +since 2026-11-21 03:49Z\n.*bbbb.*not yet/)
  assert.equal(followedText({ followed }, look(false)), `${ADA}\t${SINCE}\t${SINCE}\n${BOB}\t${SINCE}\t\n`)
  assert.equal(followedText({ followed: [] }, look(true)), '')
  assert.match(followsText(followed[0]!, look(true)), /^what aaaa-aaaa-aaaa says of others counts here from now on\n$/)
  assert.match(followsText(followed[1]!, look(true)), /nothing of it is here yet/)
  assert.match(unfollowedText(followed[0]!, look(true)), /does not count here any more/)
})

test('People read what they block, without being painted on', () => {
  const blocked = [{ identity: ADA, since: SINCE }, { identity: BOB, name: NAME, why: 'mal\u001B[2Jware', since: SINCE }]
  assert.match(blockedText({ blocked }, look(true)), /aaaa-aaaa-aaaa +everything.*\n.*tool .*mal\[2Jware/)
  assert.equal(blockedText({ blocked: [] }, look(true)), '')
  assert.match(blocksText(blocked[0]!, look(true)), /^everything of aaaa-aaaa-aaaa is blocked/)
  assert.match(unblockedText(blocked[1]!, look(true)), /^tool of bbbb-bbbb-bbbb is not blocked by you any more/)
  assert.equal(blockText({ by: 'you' }), 'blocked by you')
  assert.equal(blockText({ by: BOB, why: 'x' }), 'blocked by bbbb-bbbb-bbbb, whom you follow: x')
})

test('People read what they said of others', () => {
  const endorse = { type: 'endorse', target: BOB, names: [], level: 'vouch', ...SAID } as const
  assert.equal(opinedText(endorse, look(true)), `you vouch for everything of bbbb-bbbb-bbbb\n${TOLD}`)
  const block = { ...endorse, names: [NAME], level: 'block', why: 'mal\u001B[2Jware', expires: SINCE / 1000 } as const
  assert.equal(opinedText(block, look(true)), `you warn of tool of bbbb-bbbb-bbbb, until 2026-11-21 03:49Z: mal[2Jware\n${TOLD}`)
  assert.match(opinedText({ ...endorse, level: 'none' }, look(true)), /^you took back what you said of everything/)
  const advisory = { type: 'advisory', target: BOB, name: NAME, range: '<2', severity: 'high', ...SAID } as const
  assert.equal(opinedText({ ...advisory, why: 'leaks' }, look(true)), `you advise against tool <2 of bbbb-bbbb-bbbb (high): leaks\n${TOLD}`)
  const staged = { signatures: 1, need: 2, people: 0, human: 1 }
  const missing = `it waits for signatures: 1 of 2, 0 of 1 by people; approve it: ggen approve ${ADA}\n`
  assert.equal(opinedText({ ...endorse, staged }, look(true)), `you vouch for everything of bbbb-bbbb-bbbb\n${missing}${TOLD}`)
  assert.match(opinedText({ ...advisory, severity: 'none', peers: 0 }, look(true)), /^you took back your advice against tool <2.*\nnobody is connected/)
})

test('Advice is one line that says who, which versions, why, and what to do', () => {
  const advice = { by: BOB, range: '<2', severity: 'critical', at: 1 } as const
  assert.equal(adviceText(advice), 'critical, says bbbb-bbbb-bbbb of <2')
  assert.equal(
    adviceText({ ...advice, why: 'a\nb', ref: 'https://example.com', fix: parseVersion('2.0.0') }),
    'critical, says bbbb-bbbb-bbbb of <2: a b (https://example.com); repaired in 2.0.0',
  )
})
