import assert from 'node:assert/strict'
import { it } from 'node:test'
import { importCommand } from './import-command.ts'

it('is called import, and takes one index', () => {
  const command = importCommand(() => undefined)
  assert.equal(command.name(), 'import')
  assert.throws(() => command.exitOverride().configureOutput({ writeErr: () => undefined }).parse([], { from: 'user' }), /missing required argument 'index'/)
})
