import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFreshness } from './check-freshness.ts'

test('what is proven is right, what is not could be better, and without a node nobody knows', () => {
  const evidence = { peers: 7, networks: 4, newestOpAt: 1, newestOpAgeSeconds: 60, proven: true }
  assert.deepEqual(checkFreshness({ evidence }).map(({ state, finding }) => [state, finding.split(':')[0]]), [['ok', 'proven']])
  const [unproven] = checkFreshness({ evidence: { ...evidence, proven: false } })
  assert.deepEqual([unproven?.state, unproven?.finding.split(':')[0]], ['warn', 'unproven'])
  assert.ok(unproven?.advice?.includes('--bootstrap'))
  assert.equal(checkFreshness(undefined)[0]?.state, 'unknown')
})
