import assert from 'node:assert/strict'
import { test } from 'node:test'
import { npmKeepCommand, npmWarmCommand } from './npm-lockfile-commands.ts'

test('Lock files are brought, at least one', () => {
  const seen: unknown[] = []
  const parse = (...args: readonly string[]): void =>
    void npmWarmCommand((command) => seen.push(command.args)).exitOverride().configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  parse('package-lock.json', 'web/yarn.lock')
  assert.deepEqual(seen, [['package-lock.json', 'web/yarn.lock']])
  assert.throws(() => parse(), /missing required argument/)
})

test('Lock files keep what they need, until they are dropped', () => {
  const seen: unknown[] = []
  const parse = (...args: readonly string[]): void =>
    void npmKeepCommand((command) => seen.push(command.opts())).exitOverride().configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  parse('yarn.lock', '--replicas', '2', '--wait', '5s')
  parse('--list')
  parse('--drop', 'yarn.lock')
  const usual = { replicas: 3, wait: 60_000, timeout: 3600 }
  assert.deepEqual(seen, [{ ...usual, replicas: 2, wait: 5000 }, { ...usual, list: true }, { ...usual, drop: true }])
  assert.throws(() => parse('--list', '--drop'), /cannot be used/)
})
