import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { npmCommand, withCommand } from './npm-commands.ts'

const chosen = (make: (choose: (command: Command) => void) => Command, ...args: readonly string[]): readonly string[] => {
  const names: string[] = []
  make((command) => names.push(command.name())).parse(args, { from: 'user' })
  return names
}

test('Package managers are run, and what they got is shown', () => {
  assert.deepEqual(chosen(withCommand, '--', 'npm', 'ci', '--json'), ['with'])
  const lines = [[], ['token'], ['probe', 'a@1'], ['report', '--since', '1h']]
  assert.deepEqual(lines.map((args) => chosen(npmCommand, ...args)), [['npm'], ['token'], ['probe'], ['report']])
})
