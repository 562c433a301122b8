import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from 'commander'
import { addTold, addWhom, toWhom } from './whom-options.ts'

type Add = typeof addWhom

const reading = (add: Add) => (...args: readonly string[]) => {
  const command = add(new Command('x')).option('--dir <folder>').exitOverride().configureOutput({ writeErr: () => undefined })
  return toWhom(command.parse(args, { from: 'user' }).opts())
}

for (const [what, add] of Object.entries({ ask: addWhom, tell: addTold })) test(`whom to ${what} is said once, or not at all`, () => {
  const read = reading(add)
  assert.deepEqual([read(), read('--p2p', '--dir', 'x'), read('--central'), read('--registry', 'a')], [{}, { p2p: true }, { central: true }, { registry: 'a' }])
  const contradictions = [['--p2p', '--central'], ['--p2p', '--registry', 'a'], ['--registry', 'a', '--central']]
  for (const args of contradictions) assert.throws(() => read(...args), /cannot be used with/)
})
