import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSuppressions } from './check-suppressions.ts'
import { places, plantTree } from './plant.ts'

const disable = (rest: string): string => `// oxlint-${'disable'}${rest}`

test('A rule that is switched off without a reason, or for a whole file, is found', () => {
  const text = [
    disable('-next-line no-console'),
    disable('-line no-console'),
    disable(' no-console -- because it prints'),
    disable('').replace('oxlint', 'eslint'),
    `/* oxlint-${'disable'} */`,
    `// ${'@ts'}-ignore -- because`,
    `// ${'@ts'}-expect-error`,
    `// ${'@ts'}-nocheck`,
  ].join('\n')
  assert.deepEqual(places(checkSuppressions(plantTree({ 'src/a/b.ts': text }))), [1, 2, 3, 4, 5, 6, 7, 8].map((line) => `src/a/b.ts:${line}`))
})

test('One rule for one line with a reason is left alone', () => {
  const text = [disable('-next-line no-console -- the result of the command'), `f() ${disable('-line no-console -- same')}`].join('\n')
  assert.deepEqual(checkSuppressions(plantTree({ 'src/a/b.ts': text })), [])
})
