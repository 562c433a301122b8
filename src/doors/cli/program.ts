import { Command, Option } from 'commander'
import { allowCommand, banCommand, bansCommand, unbanCommand } from './access-commands.ts'
import { bundleCommand } from './bundle-commands.ts'
import { ciCommands } from './ci-commands.ts'
import { configCommands } from './config-commands.ts'
import { cacheCommand } from './cache-commands.ts'
import { doctorCommand } from './doctor-command.ts'
import { npmCommand, withCommand } from './npm-commands.ts'
import { identityCommands } from './identity-commands.ts'
import { adviseCommand, endorseCommand, followCommand, followedCommand, unfollowCommand } from './following-commands.ts'
import { importCommand } from './import-command.ts'
import { connectCommand, limitCommand, peersCommand, startCommand, statusCommand, stopCommand } from './node-commands.ts'
import { inviteCommand, joinCommand, leaveCommand } from './network-commands.ts'
import type { OnChoice } from './options.ts'
import { approveCommand, describeCommand, listCommand, publishCommand, stageCommand } from './package-commands.ts'
import { pinCommand, pinsCommand, unpinCommand } from './pin-commands.ts'
import { installCommand, outdatedCommand, removeCommand, updateCommand, verifyCommand } from './project-commands.ts'
import { registryCommands } from './registry-commands.ts'
import { searchCommand } from './search-command.ts'
import { deprecateCommand, undoCommand, withdrawCommand, yankCommand } from './status-commands.ts'
import { trustCommand } from './trust-commands.ts'
import { watchCommand } from './watch-command.ts'

const GUIDE = `
Begin with:
  $ ggen p2p start --detach
  $ ggen search WORDS
  $ ggen install NAME

Exit codes:
  0 done, 1 failed, 2 usage, 3 not found, 4 network or time, 5 integrity,
  6 trust decision needed, 7 conflict or dispute, 8 denied, 9 no node running,
  10 disk or size, 130 interrupted`

/** Every command of `ggen` with its options and its help. Parsing tells `choose` what was asked for, and runs nothing. */
export const createProgram = (version: string, choose: OnChoice): Command => {
  const p2p = new Command('p2p').description('run and watch a node').addHelpText('after', '\nExample:\n  $ ggen p2p start --detach')
  const running = [startCommand, statusCommand, peersCommand, connectCommand, bansCommand, banCommand, unbanCommand, allowCommand, limitCommand, stopCommand]
  for (const make of [...running, publishCommand, searchCommand]) p2p.addCommand(make(choose))
  const program = new Command('ggen')
    .description('A package marketplace with no server to lose.')
    .version(version)
    .addOption(new Option('--json').hideHelp())
    .addHelpText('after', GUIDE)
  const publishing = [publishCommand, stageCommand, approveCommand, bundleCommand, importCommand]
  const packages = [searchCommand, watchCommand, describeCommand, listCommand, pinCommand, unpinCommand, pinsCommand, cacheCommand]
  const managers = [withCommand, npmCommand, ciCommands]
  const projects = [installCommand, updateCommand, outdatedCommand, removeCommand, verifyCommand]
  const words = [yankCommand, deprecateCommand, withdrawCommand, undoCommand, endorseCommand, adviseCommand]
  const trusting = [followCommand, unfollowCommand, followedCommand, identityCommands, trustCommand, configCommands, doctorCommand]
  const teams = [inviteCommand, joinCommand, leaveCommand]
  for (const make of [...publishing, ...packages, ...managers, ...projects, ...words, ...teams, ...trusting]) program.addCommand(make(choose))
  return program.addCommand(registryCommands(choose)).addCommand(p2p)
}
