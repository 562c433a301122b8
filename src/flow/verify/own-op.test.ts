import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryCatalogue } from '#store'
import { openOp } from '#trust'
import { Publisher } from '#testing'
import { requireAdmissible, requireMembership } from './own-op.ts'

const ada = new Publisher('ada')
const genesis = openOp(ada.genesis)

test('An op of our own that others would take is taken', () => {
  using catalogue = memoryCatalogue()
  catalogue.putOp(genesis)
  requireAdmissible(new Publisher('ada').release('tool', '1.0.0'), catalogue)
  assert.equal(requireMembership({ outcome: 'added', op: genesis }), genesis)
  assert.equal(requireMembership({ outcome: 'known', op: genesis }), genesis)
})

test('One that others would not take is refused, and says why', () => {
  using catalogue = memoryCatalogue()
  assert.throws(() => requireAdmissible(new Publisher('ada').release('tool', '1.0.0'), catalogue), { code: 'op-invalid', message: /orphan/ })
  assert.throws(() => requireMembership({ outcome: 'refused', reason: 'unauthorised' }), { code: 'denied' })
  assert.throws(() => requireMembership({ outcome: 'early', op: genesis }), { code: 'op-invalid', message: /early/ })
})
