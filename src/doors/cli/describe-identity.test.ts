import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { IdentityId, OpId, PublicKey } from '#core'
import type { IdentityReply } from './commands/outcome.ts'
import { identityText, packedText } from './describe-identity.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look = (isTTY: boolean): Look => ({ isTTY, columns: 160, bold: same, dim: same, red: (text: string) => `!${text}!`, command: 'ggen' }) as unknown as Look
const OP = `bafyrei${'a'.repeat(52)}` as OpId
const keyOf = (digit: string): PublicKey => `ed01${digit.repeat(64)}` as PublicKey

const REPLY: IdentityReply = {
  identity: OP as IdentityId, createdAt: 1_795_232_949_000, seq: 0, head: OP, protection: 'passphrase', path: '/home/ada/keys/identity.json',
  keys: [
    { publicKey: keyOf('1'), role: 'root', standing: 'valid', held: true },
    { publicKey: keyOf('2'), role: 'recovery', standing: 'valid', held: false },
    { publicKey: keyOf('3'), role: 'release', standing: 'valid', held: false, names: ['*'], label: 'ci', expires: 1_795_232_949 },
    { publicKey: keyOf('4'), role: 'release', standing: 'revoked', held: true },
  ],
}

describe('what people see of an identity', () => {
  it('is who it is, how its keys are kept, and what each may do', () => {
    const text = identityText(REPLY, look(true))
    assert.match(text, /^publisher {2}aaaa-aaaa-aaaa \(bafyreia+\)\nsince {6}2026-11-21 03:49Z\n/)
    assert.ok(text.includes('\nkeys       encrypted with a passphrase, in /home/ada/keys/identity.json\n\nROLE '))
    const rows = text.split('\n').slice(5).map((line) => line.split(/ {2,}/))
    assert.deepEqual(rows.slice(0, 4), [
      ['root', '-', '-', 'valid', 'here', 'ed01111111111111'], ['recovery', '-', '-', 'valid', 'recovery words', 'ed01222222222222'],
      ['release', 'ci', '*', 'valid, until 2026-11-21 03:49Z', 'elsewhere', 'ed01333333333333'], ['release', '-', '-', 'revoked', 'here', 'ed01444444444444'],
    ])
    assert.ok(identityText(REPLY, look(false)).endsWith(`release\t\t\trevoked\there\t${keyOf('4')}\n`))
  })

  it('is loud where the keys are not encrypted', () => {
    const plain = { ...REPLY, protection: 'none' as const }
    assert.ok(identityText(plain, look(true)).includes('!NOT ENCRYPTED!, in /home/ada'))
  })

  it('says whether its key is unlocked, where that is known', () => {
    assert.doesNotMatch(identityText(REPLY, look(true)), /unlocked/)
    assert.match(identityText({ ...REPLY, unlocked: false }, look(true)), /\nunlocked {3}no\n/)
    const unlocked = { until: 1_795_232_949_000, asks: false }
    assert.match(identityText({ ...REPLY, unlocked }, look(true)), /\nunlocked {3}the release key, until 2026-11-21 03:49Z\n/)
    assert.match(identityText({ ...REPLY, unlocked: { ...unlocked, asks: true } }, look(true)), /03:49Z; you are asked before it signs\n/)
    assert.doesNotMatch(identityText({ ...REPLY, unlocked: false, protection: 'none' }, look(true)), /unlocked/)
  })

  it('says how often it changed, and that its history is disputed', () => {
    const text = identityText({ ...REPLY, seq: 2, forked: { at: OP, tips: [OP, OP] } }, look(true))
    assert.match(text, /changed {4}2 times\nforked {5}two histories/)
  })

  it('says what a file that was written can do', () => {
    const all = { path: '/tmp/x\u001b', identity: REPLY.identity, encrypted: true, keys: [{ publicKey: keyOf('1'), role: 'root' as const }] }
    const lines = ['wrote /tmp/x', '  everything of aaaa-aaaa-aaaa that is here, encrypted with a passphrase', '  use it with: ggen id import FILE', '']
    assert.equal(packedText(all, look(true)), lines.join('\n'))
    const one = { ...all, encrypted: false, keys: [{ publicKey: keyOf('3'), role: 'release' as const, label: 'ci' }] }
    assert.match(packedText(one, look(true)), /a key that publishes as aaaa-aaaa-aaaa, and can do nothing else, !NOT ENCRYPTED!/)
  })
})
