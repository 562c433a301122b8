import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { deprecateCommand, readWhy, undoCommand, withdrawCommand, yankCommand } from './status-commands.ts'

const parse = (make: typeof yankCommand, ...args: readonly string[]): boolean => {
  let chosen = false
  make(() => { chosen = true }).exitOverride().configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  return chosen
}

test('Each command takes a package and says why where it can', () => {
  assert(parse(yankCommand, 'tool@1.0.0', '--why', 'broken'))
  assert(parse(deprecateCommand, 'tool@*'))
  assert(parse(withdrawCommand, 'tool@1.0.0', '--reason', 'secret'))
  assert(parse(undoCommand, 'tool@1.0.0'))
})

test('A withdrawal has a reason, and no reason is longer than a record can hold', () => {
  assert.throws(() => parse(withdrawCommand, 'tool@1.0.0'))
  assert.throws(() => parse(withdrawCommand, 'tool@1.0.0', '--reason', 'boredom'))
  assert.equal(readWhy('x'.repeat(LIMITS.reasonChars)).length, LIMITS.reasonChars)
  assert.throws(() => readWhy('x'.repeat(LIMITS.reasonChars + 1)))
})
