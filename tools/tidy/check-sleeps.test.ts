import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSleeps } from './check-sleeps.ts'
import { places, plantTree } from './plant.ts'

test('Every way to sleep is found in tests and conformance suites', () => {
  const text = [
    'await new Promise((resolve) => setTimeout(resolve, 100))',
    'await sleep(100)',
    'await timers.delay (100)',
    'globalThis.setTimeout(go, 1)',
    "import { setTimeout as wait } from 'node:timers/promises'",
    "import timers from 'timers'",
  ].join('\n')
  const expected = (path: string): readonly string[] => [1, 2, 3, 4, 5, 6].map((line) => `${path}:${line}`)
  assert.deepEqual(places(checkSleeps(plantTree({ 'src/a/b.test.ts': text }))), expected('src/a/b.test.ts'))
  assert.deepEqual(places(checkSleeps(plantTree({ 'test/end/b.test.ts': text }))), expected('test/end/b.test.ts'))
  assert.deepEqual(places(checkSleeps(plantTree({ 'src/a/conformance.ts': text }))), expected('src/a/conformance.ts'))
})

test('Waiting for a condition, other names, comments, strings and the program are left alone', () => {
  const text = [
    'await until(() => done)',
    'resetTimeout()',
    'noDelay(1)',
    '// sleep(1)',
    "const text = 'setTimeout(1)'",
    'const { delay } = options',
  ].join('\n')
  assert.deepEqual(checkSleeps(plantTree({ 'src/a/b.test.ts': text, 'src/main/c.ts': 'setTimeout(go, 1)' })), [])
})
