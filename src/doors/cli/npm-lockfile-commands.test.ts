import assert from 'node:assert/strict'
import { test } from 'node:test'
import { npmWarmCommand } from './npm-lockfile-commands.ts'

test('Lock files are brought, at least one', () => {
  const seen: unknown[] = []
  const parse = (...args: readonly string[]): void =>
    void npmWarmCommand((command) => seen.push(command.args)).exitOverride().configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  parse('package-lock.json', 'web/yarn.lock')
  assert.deepEqual(seen, [['package-lock.json', 'web/yarn.lock']])
  assert.throws(() => parse(), /missing required argument/)
})
