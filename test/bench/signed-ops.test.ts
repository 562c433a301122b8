import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admissions } from '#flow/verify'
import { memoryCatalogue } from '#store'
import { TestClock } from '#testing'
import { packages, RECORDS_END } from '../../bench/catalogue/packages.ts'
import { signedOps } from '../../bench/catalogue/signed-ops.ts'

test('a node admits every op of generated packages, in the order in which they come', () => {
  const catalogue = memoryCatalogue()
  const clock = new TestClock()
  clock.advance(Math.max(0, RECORDS_END * 1000 - clock.now()))
  const admissions = new Admissions(catalogue, clock)
  for (const envelope of signedOps(3, packages(3, 300))) assert.equal(admissions.admit(envelope).outcome, 'added')
  assert.equal(catalogue.counts().packages, 300)
})

test('the same records are signed to the same bytes', () => {
  const once = [...signedOps(3, packages(3, 20))]
  assert.deepEqual([...signedOps(3, packages(3, 20))], once)
})
