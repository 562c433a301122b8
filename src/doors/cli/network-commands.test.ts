import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inviteCommand, joinCommand, leaveCommand } from './network-commands.ts'

const chosen = (make: typeof joinCommand, line: string): readonly string[] => {
  const names: string[] = []
  const command = make((one) => names.push(one.name())).exitOverride().configureOutput({ writeErr: () => undefined })
  command.parse(line.split(' ').filter((word) => word !== ''), { from: 'user' })
  return names
}

test('tickets, names and publishers are taken, and what is no publisher is refused', () => {
  for (const line of ['', '--network acme', `--follow bafyrei${'a'.repeat(52)} --json`]) assert.deepEqual(chosen(inviteCommand, line), ['invite'])
  for (const line of ['', '-', 'ggen1x --force']) assert.deepEqual(chosen(joinCommand, line), ['join'])
  assert.deepEqual(chosen(leaveCommand, '--json'), ['leave'])
  assert.throws(() => chosen(inviteCommand, '--follow nobody'), /whole identity/)
  assert.throws(() => chosen(joinCommand, '--nonsense'), /unknown option/)
})
