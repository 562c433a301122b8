import { Command } from 'commander'
import { type OnChoice, share } from './options.ts'

const QUICK_SECONDS = 30
const TRANSFER_SECONDS = 600

/** Gives a command the folder that it works in. */
const inProject = (command: Command): Command => command.option('--dir <folder>', 'the project', '.')

interface VerifyFlags {
  readonly dir: string
  readonly offline?: boolean
}

/** `verify` */
export const verifyCommand = (choose: OnChoice): Command => {
  const command = inProject(new Command('verify').description('look whether every installed file is what its publisher signed'))
    .option('--offline', 'ask nobody for archives that are not on this node')
  return share(command, 'ggen verify --dir ./project', TRANSFER_SECONDS).action(({ dir: folder, offline }: VerifyFlags) => {
    choose(command, async (context) =>
      (await import('./commands/verify-project.ts')).verifyProject({ folder, ...(offline !== undefined && { offline }) })(context))
  })
}

/** `remove NAME…` */
export const removeCommand = (choose: OnChoice): Command => {
  const command = inProject(new Command('remove').description('remove packages, and what only they needed').argument('<name...>', 'what you do not want'))
  return share(command, 'ggen remove my-package', QUICK_SECONDS).action((names: readonly string[], { dir: folder }: { readonly dir: string }) => {
    choose(command, async (context) => (await import('./commands/remove-packages.ts')).removePackages(names, folder)(context))
  })
}
