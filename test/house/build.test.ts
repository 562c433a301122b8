import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from './plant.ts'

const tsc = (...options: readonly string[]): string => {
  const command = [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', ...options]
  return spawnSync(process.execPath, command, { cwd: REPOSITORY, encoding: 'utf8', maxBuffer: 10_000_000 }).stdout
}

// Asked without writing anything: a build that takes a file outside src/ would write beside it.
test('The build takes the files of the program and nothing else', () => {
  const listed = tsc('--listFilesOnly').split('\n').filter((path) => path.startsWith(REPOSITORY))
  const own = listed.map((path) => relative(REPOSITORY, path).replaceAll('\\', '/')).filter((path) => !path.startsWith('node_modules/'))
  assert.ok(own.includes('src/main/bin.ts'))
  assert.deepEqual(own.filter((path) => !path.startsWith('src/') || /\.test\.ts$|[/.]conformance\.ts$/.test(path)), [])
})
