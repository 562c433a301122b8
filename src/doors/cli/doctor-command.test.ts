import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doctorCommand } from './doctor-command.ts'

test('a diagnosis takes no arguments', () => {
  let chosen = 0
  const parse = (...args: readonly string[]): unknown =>
    doctorCommand(() => { chosen += 1 }).exitOverride().configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  parse('--json', '--timeout', '5')
  assert.equal(chosen, 1)
  assert.throws(() => parse('everything'))
})
