import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import type { OnChoice } from './options.ts'
import { removeCommand, verifyCommand } from './project-commands.ts'

const chosen = (make: (choose: OnChoice) => Command, ...args: readonly string[]): readonly string[] => {
  const names: string[] = []
  const program = new Command().exitOverride()
  program.addCommand(make((command) => names.push(command.name())).exitOverride().configureOutput({ outputError: () => undefined }))
  program.parse(args, { from: 'user' })
  return names
}

describe('the commands about the packages of a project', () => {
  it('take the folder of the project', () => {
    assert.deepEqual(chosen(verifyCommand, 'verify', '--dir', 'x', '--offline'), ['verify'])
    assert.deepEqual(chosen(removeCommand, 'remove', 'a', 'b', '--dir', 'x'), ['remove'])
  })

  it('want a name where one is removed', () => {
    assert.throws(() => chosen(removeCommand, 'remove'), /missing required argument 'name'/)
  })
})
