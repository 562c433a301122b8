import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestFromBytes } from '#core'
import { cacheCheckedText, cacheText, clearedText } from './describe-cache.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look: Look = { isTTY: true, columns: 120, bold: same, dim: same, red: same, command: 'ggen' }

test('What the node holds is shown in sizes that people know', () => {
  const usage = { count: 2, bytes: 3000, partialBytes: 0, kept: { count: 1, bytes: 1000 } }
  assert.match(cacheText(usage, look), /held +3\.0 kB in 2 blobs\nkept +1\.0 kB in 1 blob\nquota +none\n/)
  assert.match(cacheText({ ...usage, partialBytes: 500, quotaBytes: 10_000 }, look), /arriving +500 B\nquota +10\.0 kB\n/)
  assert.equal(clearedText({ count: 1, bytes: 2000 }), 'dropped 2.0 kB in 1 blob\n')
})

test('What the disk has damaged is named', () => {
  const digest = digestFromBytes(new Uint8Array(32))
  assert.equal(cacheCheckedText({ count: 2, bytes: 3000, damaged: [] }), 'hashed 3.0 kB in 2 blobs: all as they should be\n')
  const damaged = [{ digest, sizeBytes: 1000, isKept: true }, { digest, sizeBytes: 500, isKept: false }]
  assert.equal(
    cacheCheckedText({ count: 2, bytes: 3000, damaged }),
    `hashed 3.0 kB in 2 blobs: 2 damaged\ndamaged ${digest} (1.0 kB, should stay here)\ndamaged ${digest} (500 B)\n`,
  )
})
