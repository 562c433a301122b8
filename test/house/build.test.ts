import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { adaptLibraries } from '../../tools/bundling/adapt-libraries.mjs'
import { REPOSITORY } from './plant.ts'

const tsc = (...options: readonly string[]): string => {
  const command = [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', ...options]
  return spawnSync(process.execPath, command, { cwd: REPOSITORY, encoding: 'utf8', maxBuffer: 10_000_000 }).stdout
}

// Asked without writing anything: a build that takes a file outside src/ would write beside it.
test('The types are made of the files of the program and nothing else', () => {
  const listed = tsc('--listFilesOnly').split('\n').filter((path) => path.startsWith(REPOSITORY))
  const own = listed.map((path) => relative(REPOSITORY, path).replaceAll('\\', '/')).filter((path) => !path.startsWith('node_modules/'))
  assert.ok(own.includes('src/main/bin.ts'))
  assert.deepEqual(own.filter((path) => !path.startsWith('src/') || /\.test\.ts$|[/.]conformance\.ts$/.test(path)), [])
})

test('A build stops when a library that it changes is not as it was, or is not there', () => {
  const plugin = adaptLibraries()
  const context = { emitFile: (): void => undefined }
  const path = '/x/node_modules/@libp2p/noise/dist/src/crypto/index.js'
  assert.throws(() => plugin.transform.call(context, 'export const other = 1', path), /noise.* is not as it was/)
  assert.equal(plugin.transform.call(context, 'export const other = 1', '/x/node_modules/other/index.js'), null)
  assert.throws(() => plugin.generateBundle(), /does not use @libp2p\/kad-dht/)
})
