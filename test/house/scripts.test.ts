import assert from 'node:assert/strict'
import { accessSync, constants, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from './plant.ts'

const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> }

const patternsOf = (script: string): readonly string[] => [...script.matchAll(/"([^"]*\*[^"]*)"/g)].map(([, pattern]) => pattern ?? '')

test('"npm test" runs every check in order and then every test in one run', () => {
  const steps = scripts['test']?.split(' && ').map((step) => /^npm run -s (\w+)/.exec(step)?.[1])
  assert.deepEqual(steps, ['preflight', 'types', 'lint', 'tidy', 'specs'])
})

test('Every test file of the repository is part of "npm test", and every pattern finds some', () => {
  const patterns = patternsOf(scripts['test'] ?? '')
  const found = patterns.map((pattern) => globSync(pattern, { cwd: REPOSITORY }))
  for (const [index, files] of found.entries()) assert.ok(files.length > 0, patterns[index])
  const all = globSync('**/*.test.ts', { cwd: REPOSITORY, exclude: ['**/node_modules/**', 'dist', '.git'] })
  assert.deepEqual(all.filter((file) => !found.flat().includes(file)), [])
})

test('"unit" and "integration" together are the tests of "npm test"', () => {
  assert.deepEqual([...patternsOf(scripts['unit'] ?? ''), ...patternsOf(scripts['integration'] ?? '')], patternsOf(scripts['test'] ?? ''))
})

test('The continuous integration installs the lockfile and runs "npm test"', () => {
  const path = join(REPOSITORY, '.ci/run')
  accessSync(path, constants.X_OK)
  const commands = readFileSync(path, 'utf8').split('\n').filter((line) => line.startsWith('npm '))
  assert.deepEqual(commands, ['npm ci', 'npm test'])
})
