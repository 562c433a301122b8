import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Metrics } from './metrics.ts'

test('what happened is counted under the names that the guide tells', async () => {
  const metrics = new Metrics({ shelf: { summary: () => ({ ops: 7, fingerprint: '' }) }, listed: () => 3 })
  metrics.answered('/v1/ops', 200, 0.01)
  metrics.moved('out', 100)
  metrics.took('accepted', 2)
  metrics.limited('address')
  const text = await metrics.text()
  for (const line of [
    'ggen_registry_requests_total{route="/v1/ops",status="200"} 1', 'ggen_registry_blob_bytes_total{direction="out"} 100',
      'ggen_registry_records_total{outcome="accepted"} 2',
    'ggen_registry_limited_total{limit="address"} 1', 'ggen_registry_held_records 7', 'ggen_registry_listed_packages 3',
      'ggen_registry_request_seconds_count{route="/v1/ops"} 1',
  ]) assert.ok(text.includes(line), line)
  const guide = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'guide', 'central.md'), 'utf8')
  const names = new Set([...text.matchAll(/^# TYPE (ggen_\w+)/gm)].map(([, name]) => name))
  assert.ok(names.size >= 7)
  for (const name of names) assert.ok(guide.includes(`\`${name}\``), `${name} is in the guide`)
})
