import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bundleCommand } from './bundle-commands.ts'

test('A bundle is made of lock files, and must be called something', () => {
  const names: string[] = []
  const make = () => bundleCommand((command) => names.push(command.name())).exitOverride().configureOutput({ writeErr: () => undefined })
  make().parse(['package-lock.json', 'ggen.lock', '-o', 'x.ggen-bundle', '--private'], { from: 'user' })
  assert.deepEqual(names, ['bundle'])
  assert.throws(() => make().parse(['package-lock.json'], { from: 'user' }), /required option '-o, --output <file>'/)
  assert.throws(() => make().parse(['-o', 'x'], { from: 'user' }), /missing required argument 'lockfile'/)
})
