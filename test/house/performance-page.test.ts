import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { PAGE, performancePage } from '../../bench/page.ts'

test('docs/reference/performance.md says what lies in bench/results', async () => {
  assert.equal(await readFile(PAGE, 'utf8'), await performancePage(), 'run `npm run bench -- page`')
})
