import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshnessText } from './describe-freshness.ts'

const DAY = 86_400

test('what speaks for a fresh catalogue is said, and what is missing', () => {
  const compared = { peers: 2, networks: 1, newestOpAt: 1_795_000_000, proven: false }
  assert.equal(freshnessText({ peers: 0, networks: 0, proven: false }), 'unproven: compared with nobody in the last day; no record yet')
  assert.equal(
    freshnessText({ ...compared, newestOpAgeSeconds: 3 * DAY }),
    'unproven: compared with 2 peers of 1 network in the last day; nothing newer than 3 d 0 h',
  )
  assert.equal(
    freshnessText({ ...compared, networks: 0, newestOpAgeSeconds: 60 }),
    'unproven: compared with 2 peers of unknown networks in the last day; the newest record is 1 min old',
  )
  assert.equal(
    freshnessText({ ...compared, peers: 7, networks: 4, newestOpAgeSeconds: 300, proven: true }),
    'proven: compared with 7 peers of 4 networks in the last day; the newest record is 5 min old',
  )
})
