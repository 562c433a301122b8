import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cacheCommand } from './cache-commands.ts'

const chosen = (...args: readonly string[]): readonly string[] => {
  const names: string[] = []
  cacheCommand((command) => names.push(command.name())).parse(args, { from: 'user' })
  return names
}

test('The bytes of a node are shown, dropped and hashed again', () => {
  assert.deepEqual([['stats'], ['clear', '--yes'], ['verify']].map((args) => chosen(...args)), [['stats'], ['clear'], ['verify']])
})
