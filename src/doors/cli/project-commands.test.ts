import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import type { OnChoice } from './options.ts'
import { installCommand, outdatedCommand, removeCommand, updateCommand, verifyCommand } from './project-commands.ts'

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
    assert.deepEqual(chosen(installCommand, 'install', '--frozen', '--offline', '--dry-run', '--accept-downgrade'), ['install'])
    assert.deepEqual(chosen(installCommand, 'install', 'a', 'b@^1', '--dir', 'x'), ['install'])
    assert.deepEqual(chosen(updateCommand, 'update', 'a', '--check'), ['update'])
    assert.deepEqual(chosen(outdatedCommand, 'outdated', '--dir', 'x'), ['outdated'])
  })

  it('want a name where one is removed', () => {
    assert.throws(() => chosen(removeCommand, 'remove'), /missing required argument 'name'/)
  })
})
