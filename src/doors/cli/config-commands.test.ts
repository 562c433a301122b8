import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configCommands } from './config-commands.ts'

test('settings are shown, checked and found', () => {
  const chosen: string[] = []
  const run = (...args: readonly string[]): void => void configCommands((command) => void chosen.push(command.name())).parse(args, { from: 'user' })
  run('show', 'registry', '--origin')
  run('validate', 'FILE')
  run('path')
  assert.deepEqual(chosen, ['show', 'validate', 'path'])
})
