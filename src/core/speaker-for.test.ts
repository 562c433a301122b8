import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DomainClaim } from './domain.ts'
import type { IdentityId } from './op-id.ts'
import { parsePackageName } from './package-name.ts'
import { reaches, speakerFor } from './speaker-for.ts'

const claim = (prefix: string, identity: string): DomainClaim => ({ prefix: parsePackageName(prefix), identity: identity as IdentityId })

test('a prefix reaches itself and what is below it, by whole labels', () => {
  assert.deepEqual(['io.ggen', 'io.ggen.rust', 'io.ggen.rust.cli'].map((name) => reaches('io.ggen', name)), [true, true, true])
  assert.deepEqual(['io.ggenx', 'io.gge', 'io', 'io.ggen-x', 'io.ggen/x'].map((name) => reaches('io.ggen', name)), [false, false, false, false, false])
})

test('the longest prefix speaks for a name, in whatever order the claims stand', () => {
  const claims = [claim('io.ggen', 'alice'), claim('io.ggen.rust', 'bob')]
  for (const order of [claims, claims.toReversed()]) {
    assert.equal(speakerFor(order, 'io.ggen.rust.cli')?.identity, 'bob')
    assert.equal(speakerFor(order, 'io.ggen.rusty')?.identity, 'alice')
    assert.equal(speakerFor(order, 'io.other'), undefined)
  }
})
