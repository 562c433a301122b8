import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { IdentityId, PublicKey } from '#core'
import { lockedText, unlockedText } from './describe-agent.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })
const STATUS = { identity: `bafyrei${'a'.repeat(52)}` as IdentityId, publicKey: 'ed01' as PublicKey, until: 1_795_232_949_000, asks: false, pid: 7 }

describe('what people see of an agent', () => {
  it('is until when the key is open, and who can use it', () => {
    const first = 'the release key of aaaa-aaaa-aaaa is unlocked until 2026-11-21 03:49Z\n'
    assert.equal(unlockedText(STATUS, look), `${first}  programs of yours sign with it unasked; ggen id lock ends that\n`)
    assert.equal(unlockedText({ ...STATUS, asks: true }, look), `${first}  you are asked here before it signs; Ctrl-C locks it\n`)
  })

  it('is that it is locked, and why where that is known', () => {
    assert.equal(lockedText({ locked: false }), 'it was not unlocked\n')
    assert.equal(lockedText({ locked: true, pid: 7 }), 'the release key is locked\n')
    const why = (['over', 'changed', 'locked'] as const).map((one) => lockedText({ locked: true, pid: 7, why: one }))
    assert.deepEqual(why, ['its time is over', 'the identity was changed', 'as you wished'].map((text) => `the release key is locked: ${text}\n`))
  })
})
