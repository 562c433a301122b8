import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { npmSetUpCommand, npmTakeOutCommand } from './npm-setup-commands.ts'

const optionsOf = (make: (choose: (command: Command) => void) => Command, ...args: readonly string[]): unknown => {
  let options: unknown
  make((command) => (options = command.opts())).exitOverride().configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  return options
}

test('Package managers are led here and back', () => {
  assert.deepEqual(optionsOf(npmSetUpCommand, '--user', '--client', 'npm,yarn', '--yes'), { user: true, client: ['npm', 'yarn'], yes: true, timeout: 30 })
  assert.deepEqual(optionsOf(npmTakeOutCommand, '--project', '--dry-run'), { project: true, dryRun: true, timeout: 30 })
  for (const args of [['--user', '--project'], ['--client', 'cargo']]) assert.throws(() => optionsOf(npmSetUpCommand, ...args), /cannot be used|choices are/)
})
