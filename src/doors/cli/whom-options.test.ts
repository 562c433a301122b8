import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from 'commander'
import { addWhom, toWhom } from './whom-options.ts'

const read = (...args: readonly string[]) => {
  const command = addWhom(new Command('x')).option('--dir <folder>').exitOverride().configureOutput({ writeErr: () => undefined })
  return toWhom(command.parse(args, { from: 'user' }).opts())
}

test('whom to ask is said once, or not at all', () => {
  assert.deepEqual([read(), read('--p2p', '--dir', 'x'), read('--central'), read('--registry', 'a')], [{}, { p2p: true }, { central: true }, { registry: 'a' }])
  const contradictions = [['--p2p', '--central'], ['--p2p', '--registry', 'a'], ['--registry', 'a', '--central']]
  for (const args of contradictions) assert.throws(() => read(...args), /cannot be used with/)
})
