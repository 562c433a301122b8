import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkWording } from './check-wording.ts'
import { places, plantTree } from './plant.ts'

const machinePath = (folder: string): string => ['', folder, 'project'].join('/')
const host = (...labels: readonly string[]): string => labels.join('.')

test('Words for unfinished work are found in the program, in any text', () => {
  const text = [
    '// TODO: more',
    'f() // FIXME',
    "throw new Error('Not implemented')",
    'const placeholder = 1',
    '/* good enough for now */',
    '// XXX',
    '// HACK',
  ].join('\n')
  assert.deepEqual(places(checkWording(plantTree({ 'src/a/b.ts': text }))), [1, 2, 3, 4, 5, 6, 7].map((line) => `src/a/b.ts:${line}`))
  assert.deepEqual(checkWording(plantTree({ 'docs/plan.md': text })), [])
})

test('Words that only contain them are left alone', () => {
  assert.deepEqual(checkWording(plantTree({ 'src/a/b.ts': "const todo = 'mastodons'\n// before nowhere, hackneyed\n" })), [])
})

test('Paths of one machine are found in every text', () => {
  const text = [
    machinePath('work'),
    `see ${machinePath('root')}`,
    `"${machinePath('work')}"`,
    `file://${machinePath('root')}`,
    `a=${machinePath('work')}`,
  ].join('\n')
  for (const path of ['README.md', 'src/a/b.ts', '.ci/run', 'package.json']) {
    assert.deepEqual(places(checkWording(plantTree({ [path]: text }))), [1, 2, 3, 4, 5].map((line) => `${path}:${line}`))
  }
})

test('Folders of that name inside other paths are left alone', () => {
  const text = ['node', '.', '~', '${home}', '../..', 'a-b', '<home>'].map((start) => `${start}${machinePath('work')}`).join('\n')
  assert.deepEqual(checkWording(plantTree({ 'README.md': text })), [])
})

test('Hosts of registries are found in every text', () => {
  const text = `https://${host('registry', 'npmjs', 'org')}/x\n${host('Registry', 'yarnpkg', 'com')}\n${host('registry', 'example', 'org')}`
  assert.deepEqual(places(checkWording(plantTree({ 'package-lock.json': text }))), ['package-lock.json:1', 'package-lock.json:2'])
})
