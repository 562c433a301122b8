import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trustCommand } from './trust-commands.ts'

const ID = `bafyrei${'a'.repeat(52)}`

const parse = (...args: readonly string[]): boolean => {
  let chosen = false
  const command = trustCommand(() => { chosen = true })
  for (const one of [command, ...command.commands]) one.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
  command.parse(args, { from: 'user' })
  return chosen
}

test('Names are listed, bound, let go and explained', () => {
  for (const args of [['list'], ['add', ID, '--name', 'tool'], ['remove', 'tool'], ['why', 'tool']]) assert(parse(...args), args.join(' '))
})

test('Only a whole identity can be bound, to a name that is given', () => {
  assert.throws(() => parse('add', 'k7f3-q9zm-2hxa', '--name', 'tool'))
  assert.throws(() => parse('add', ID))
})
