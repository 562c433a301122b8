import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentityId } from './op-id.ts'
import { KNOWN_BECAUSE, LOOK_ALIKE_KINDS, lookAlikeText } from './look-alike.ts'
import { parsePackageName } from './package-name.ts'

const lodash = { known: parsePackageName('lodash'), identity: `bafyrei${'a'.repeat(52)}` as IdentityId }

test('every kind of likeness and every reason has words of its own', () => {
  assert.equal(lookAlikeText({ ...lodash, kind: 'swapped', because: 'bound' }), 'can be taken for lodash: two letters changed places (which is bound here)')
  const texts = LOOK_ALIKE_KINDS.flatMap((kind) => KNOWN_BECAUSE.map((because) => lookAlikeText({ ...lodash, kind, because })))
  assert.equal(new Set(texts).size, LOOK_ALIKE_KINDS.length * KNOWN_BECAUSE.length)
})
