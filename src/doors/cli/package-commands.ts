import { Command, Option } from 'commander'
import type { PublishOptions } from './commands/publish.ts'
import type { ApproveOptions } from './commands/approve.ts'
import type { WhomFlags } from './commands/whom-to-ask.ts'
import { type OnChoice, readReplicas, share } from './options.ts'
import { addTold, addWhom, toWhom } from './whom-options.ts'

const QUICK_SECONDS = 30
const TRANSFER_SECONDS = 600

/** `publish PATH` */
export const publishCommand = (choose: OnChoice): Command => {
  const command = addTold(new Command('publish')
    .description('share a folder or a .tgz archive as a package')
    .argument('<path>', 'folder with ggen.toml, pack.toml, package.toml, gpack.toml or package.json; or an archive')
    .addOption(new Option('--replicas <number>', 'wait until this many other nodes hold it').argParser(readReplicas).conflicts(['central', 'registry']))
    .option('--no-passphrase', 'if this makes you a publisher, do not encrypt your keys'))
  return share(command, 'ggen publish ./my-package --replicas 2', TRANSFER_SECONDS).action((path: string, options: PublishOptions) => {
    choose(command, async (context) => (await import('./commands/publish.ts')).publish(path, options)(context))
  })
}

/** `stage PATH` */
export const stageCommand = (choose: OnChoice): Command => {
  const command = new Command('stage')
    .description('publish from a machine, for a person to approve: nobody can choose it before')
    .argument('<path>', 'folder with a manifest; or an archive')
  return share(command, 'ggen stage ./my-package', TRANSFER_SECONDS).action((path: string) => {
    choose(command, async (context) => (await import('./commands/publish.ts')).stage(path)(context))
  })
}

/** `approve [PACKAGE]` */
export const approveCommand = (choose: OnChoice): Command => {
  const command = new Command('approve')
    .description('sign what another of your keys has staged; without a name or an ID, show what waits')
    .argument('[what]', 'NAME or NAME@VERSION; or the ID of what you say of others')
    .option('--yes', 'do not ask: you have looked at it')
  return share(command, 'ggen approve my-package@1.3.0', TRANSFER_SECONDS).action((what: string | undefined, options: ApproveOptions) => {
    choose(command, async (context) => {
      const { approve, listStaged } = await import('./commands/approve.ts')
      return (what === undefined ? listStaged() : approve(what, options))(context)
    })
  })
}

interface InfoFlags extends WhomFlags {
  readonly sources?: boolean
}

/** `info PACKAGE` */
export const describeCommand = (choose: OnChoice): Command => {
  const command = addWhom(new Command('info')
    .description('show everything known of a package')
    .argument('<package>', 'NAME or NAME@VERSION')
    .option('--sources', 'show who gave its bytes to this node, and why they were believed'))
  return share(command, 'ggen info io.ggen.rust.cli', QUICK_SECONDS).action((spec: string, { sources, ...flags }: InfoFlags) => {
    choose(command, async (context) => {
      const { describePackage, describeSources } = await import('./commands/describe-package.ts')
      return (sources === true ? describeSources : describePackage)(spec, toWhom(flags))(context)
    })
  })
}

/** `list` */
export const listCommand = (choose: OnChoice): Command => {
  const command = new Command('list').description('show what is installed').option('--dir <folder>', 'the project that has it', '.')
  return share(command, 'ggen list --dir ./project').action(({ dir: folder }: { readonly dir: string }) => {
    choose(command, async (context) => (await import('./commands/list-installed.ts')).listInstalled(folder)(context))
  })
}
