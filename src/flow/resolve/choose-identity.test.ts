import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, type IdentityId, parsePackageName } from '#core'
import { chooseIdentity } from './choose-identity.ts'

const name = parsePackageName('http-kit')
const [alice, bob] = ['alice' as IdentityId, 'bob' as IdentityId]

test('a single claim is taken, an unknown name is nobody', () => {
  assert.equal(chooseIdentity({ name }, { pinned: undefined, claimed: [alice] }), alice)
  assert.equal(chooseIdentity({ name }, { pinned: undefined, claimed: [] }), undefined)
})

test('a name with several claims is refused, and the claims are listed', () => {
  assert.throws(
    () => chooseIdentity({ name }, { pinned: undefined, claimed: [alice, bob] }),
    (error: unknown) => error instanceof GgenError && error.code === 'name-contested' && error.kind.exitCode === 6 && error.message.includes('@bob/http-kit'),
  )
})

test('a pin outlives new claims and is never replaced by another publisher', () => {
  assert.equal(chooseIdentity({ name }, { pinned: alice, claimed: [alice, bob] }), alice)
  assert.equal(chooseIdentity({ name }, { pinned: alice, claimed: [bob] }), undefined)
})

test('an explicit publisher is taken or nobody is', () => {
  assert.equal(chooseIdentity({ name, identity: bob }, { pinned: alice, claimed: [alice, bob] }), bob)
  assert.equal(chooseIdentity({ name, identity: bob }, { pinned: undefined, claimed: [alice] }), undefined)
})
