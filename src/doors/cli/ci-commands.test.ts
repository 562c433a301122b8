import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ciCommands } from './ci-commands.ts'

test('The node of a job is started and stopped', () => {
  const chosen = (...args: readonly string[]): readonly string[] => {
    const names: string[] = []
    ciCommands((command) => names.push(command.name())).parse(args, { from: 'user' })
    return names
  }
  assert.deepEqual([chosen('start', '--ticket', 'file', '--idle', '5m', '--export'), chosen('stop')], [['start'], ['stop']])
})
