import { Command } from 'commander'
import { GgenError } from '#core'
import { type OnChoice, share } from './options.ts'

const QUICK_SECONDS = 30
const TRANSFER_SECONDS = 600

/** Gives a command the folder that it works in. */
const inProject = (command: Command): Command => command.option('--dir <folder>', 'the project', '.')

interface VerifyFlags {
  readonly dir: string
  readonly packs?: string
  readonly offline?: boolean
}

/** `verify` */
export const verifyCommand = (choose: OnChoice): Command => {
  const command = inProject(new Command('verify').description('look whether every installed file is what its publisher signed'))
    .argument('[lockfile]', 'a ggen.lock instead of a project: ours, or that of the ggen code generator')
    .option('--offline', 'ask nobody for archives that are not on this node')
    .option('--packs <folder>', 'where packs of a lock of the code generator lie, as folders or archives')
  return share(command, 'ggen verify --dir ./project', TRANSFER_SECONDS).action((lock: string | undefined, { dir: folder, offline, packs }: VerifyFlags) => {
    const how = { ...(offline !== undefined && { offline }) }
    choose(command, async (context) => {
      const { verifyLock } = await import('./commands/verify-lock.ts')
      if (lock !== undefined) return await verifyLock(lock, { ...how, ...(packs !== undefined && { packs }) })(context)
      if (packs !== undefined) throw new GgenError('usage', '--packs is for a lock file, and none is named')
      return await (await import('./commands/verify-project.ts')).verifyProject({ folder, ...how })(context)
    })
  })
}

/** `remove NAME…` */
export const removeCommand = (choose: OnChoice): Command => {
  const command = inProject(new Command('remove').description('remove packages, and what only they needed').argument('<name...>', 'what you do not want'))
  return share(command, 'ggen remove my-package', QUICK_SECONDS).action((names: readonly string[], { dir: folder }: { readonly dir: string }) => {
    choose(command, async (context) => (await import('./commands/remove-packages.ts')).removePackages(names, folder)(context))
  })
}
