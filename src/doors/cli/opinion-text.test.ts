import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityId, parsePackageName, parseVersion } from '#core'
import type { Look } from './look.ts'
import { opinionText, subjectText } from './opinion-text.ts'

const bold = (text: string): string => `*${text}*`
const look: Look = { isTTY: true, columns: 120, bold, dim: bold, red: bold, command: 'ggen' }
const BOB = `bafyrei${'b'.repeat(52)}` as IdentityId
const [TOOL, LIB] = [parsePackageName('tool'), parsePackageName('lib')]

test('A subject is everything of somebody, or every name that is meant', () => {
  assert.equal(subjectText(BOB, [], look), 'everything of *bbbb-bbbb-bbbb*')
  assert.equal(subjectText(BOB, [TOOL, LIB], look), '*tool*, *lib* of bbbb-bbbb-bbbb')
})

test('Nothing of what is said of others is left out, and nothing paints on the terminal', () => {
  const block = { type: 'endorse', target: BOB, names: [TOOL], level: 'block', why: 'mal\u001B[2Jware', expires: 1_795_232_949 } as const
  assert.equal(opinionText(block, look), 'you warn of *tool* of bbbb-bbbb-bbbb, until 2026-11-21 03:49Z: mal[2Jware')
  assert.equal(opinionText({ type: 'endorse', target: BOB, names: [], level: 'none' }, look), 'you took back what you said of everything of *bbbb-bbbb-bbbb*')
  const advisory = { type: 'advisory', target: BOB, name: TOOL, range: '<2', severity: 'high' } as const
  assert.equal(opinionText(advisory, look), 'you advise against *tool* <2 of bbbb-bbbb-bbbb (high)')
  assert.equal(opinionText({ ...advisory, severity: 'none' }, look), 'you took back your advice against *tool* <2 of bbbb-bbbb-bbbb')
  const whole = { ...advisory, why: 'leaks', ref: 'https://example.com', fix: parseVersion('2.0.0') }
  assert.equal(opinionText(whole, look), 'you advise against *tool* <2 of bbbb-bbbb-bbbb (high): leaks (https://example.com); repaired in 2.0.0')
})
