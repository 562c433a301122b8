import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { plant, REPOSITORY } from './plant.ts'

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

const tsc = (...options: readonly string[]): string => {
  const command = [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', ...options]
  return spawnSync(process.execPath, command, { cwd: REPOSITORY, encoding: 'utf8', maxBuffer: 10_000_000 }).stdout
}

/** Asked without writing anything: a build that takes a file outside src/ would write beside it. */
const assertProgramOnly = (): void => {
  const listed = tsc('--listFilesOnly').split('\n').filter((path) => path.startsWith(REPOSITORY))
  const own = listed.map((path) => relative(REPOSITORY, path).replaceAll('\\', '/')).filter((path) => !path.startsWith('node_modules/'))
  assert.ok(own.includes('src/main/bin.ts'))
  assert.deepEqual(own.filter((path) => !path.startsWith('src/') || /\.test\.ts$|[/.]conformance\.ts$/.test(path)), [])
}

test('The build takes the files of the program and nothing else', assertProgramOnly)

test('The built package runs without its sources', (context) => {
  assertProgramOnly()
  const root = plant(context, { 'package.json': read('package.json') })
  tsc('--outDir', join(root, 'dist'))
  cpSync(join(REPOSITORY, 'bin'), join(root, 'bin'), { recursive: true })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  const help = spawnSync(process.execPath, [join(root, 'bin/ggen.mjs'), '--help'], { encoding: 'utf8', env: { ...process.env, HOME: root } })
  assert.equal(help.stderr, '')
  assert.match(help.stdout, /^Usage: ggen/)
  assert.equal(help.status, 0)
})
