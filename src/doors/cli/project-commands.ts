import { Command } from 'commander'
import { GgenError, type IdentityId } from '#core'
import type { WhomFlags } from './commands/whom-to-ask.ts'
import { type OnChoice, readPublisher, share } from './options.ts'
import { addWhom, toWhom } from './whom-options.ts'

const QUICK_SECONDS = 30
const TRANSFER_SECONDS = 600

/** Gives a command the folder that it works in. */
const inProject = (command: Command): Command => command.option('--dir <folder>', 'the project', '.')

interface DecidedFlags {
  readonly dir: string
  readonly acceptDowngrade?: boolean
  readonly acceptAdvisory?: boolean
}

const decides = (command: Command): Command =>
  command
    .option('--accept-downgrade', 'take what is weaker than what was installed before')
    .option('--accept-advisory', 'take what somebody whom you follow advises against')

interface InstallFlags extends DecidedFlags, WhomFlags {
  readonly trust?: IdentityId
  readonly frozen?: boolean
  readonly offline?: boolean
  readonly dryRun?: boolean
}

/** `install [PACKAGE…]` */
export const installCommand = (choose: OnChoice): Command => {
  const installing = inProject(new Command('install')
    .description('get packages with all that they need, verify them, and unpack them')
    .argument('[package...]', 'NAME, NAME@VERSION, NAME@RANGE or @IDENTITY/NAME; without any, what the project asks for'))
    .option('--frozen', 'exactly what ggen.lock says; fail where that is not what the project asks for')
    .option('--offline', 'ask nobody: only what is on this node')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--trust <identity>', 'believe that this publisher is the author of the one package, from now on', readPublisher)
  const command = addWhom(installing, 'ask this registry only; or take it from an index of another one, which vouches for it by its digest')
  const example = 'ggen install io.ggen.rust.cli@^1.2 --dir ./project'
  return share(decides(command), example, TRANSFER_SECONDS).action((specs: readonly string[], { dir: folder, ...flags }: InstallFlags) => {
    choose(command, async (context) => (await import('./commands/install.ts')).install({ specs, folder, ...plain(flags) })(context))
  })
}

interface UpdateFlags extends DecidedFlags, WhomFlags {
  readonly check?: boolean
}

/** `update [NAME…]` */
export const updateCommand = (choose: OnChoice): Command => {
  const command = addWhom(inProject(new Command('update')
    .description('take the newest that suits of everything, or of some packages')
    .argument('[name...]', 'packages that are installed'))
    .option('--check', 'only say what is newer; exit code 1 where there is something'))
  return share(decides(command), 'ggen update --check', TRANSFER_SECONDS).action((names: readonly string[], { dir: folder, ...flags }: UpdateFlags) => {
    choose(command, async (context) => (await import('./commands/update.ts')).update({ names, folder, ...plain(flags) })(context))
  })
}

/** `outdated` */
export const outdatedCommand = (choose: OnChoice): Command => {
  const command = addWhom(inProject(new Command('outdated').description('show which packages have something newer, and who stands in its way')))
  return share(command, 'ggen outdated', QUICK_SECONDS).action(({ dir: folder, ...flags }: WhomFlags & { readonly dir: string }) => {
    choose(command, async (context) => (await import('./commands/list-outdated.ts')).listOutdated(folder, toWhom(flags))(context))
  })
}

/** Without what commander adds for `--json` and `--timeout`. */
const plain = <T extends object>(flags: T): Omit<T, 'json' | 'timeout'> => {
  const { json: _json, timeout: _timeout, ...rest } = flags as T & { readonly json?: boolean; readonly timeout?: number }
  return rest
}

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
