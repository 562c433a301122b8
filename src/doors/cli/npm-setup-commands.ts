import { Command, Option } from 'commander'
import { NPM_CLIENTS, type NpmClient, type NpmSetUpWish } from './commands/npm-clients.ts'
import { collectOf, type OnChoice, share } from './options.ts'

const QUICK_SECONDS = 30

interface SetUpOptions {
  readonly user?: true
  readonly project?: true
  readonly client?: readonly NpmClient[]
  readonly yes?: true
  readonly dryRun?: true
}

const wishOf = ({ user, project, client, yes, dryRun }: SetUpOptions): NpmSetUpWish => ({
  ...(user === true && { whose: 'user' }), ...(project === true && { whose: 'project' }),
  ...(client !== undefined && { clients: client }), ...(yes === true && { yes }), ...(dryRun === true && { dryRun }),
})

/** What `setup` and `unsetup` have in common. */
const changing = (command: Command): Command =>
  command
    .addOption(new Option('--project', 'the files of the project in this folder, where it has a package.json (default)').conflicts('user'))
    .option('--user', 'the files in your home folder')
    .option('--dry-run', 'only show what would be written')
    .option('--yes', 'do not ask')

/** `npm setup` */
export const npmSetUpCommand = (choose: OnChoice): Command => {
  const command = changing(new Command('setup').description('let npm, pnpm, yarn and bun ask this node whenever they are run'))
    .option('--client <name>', 'npm, pnpm, yarn or bun, several with commas (default: npm, and yarn where it is used)', collectOf(NPM_CLIENTS))
  return share(command, 'ggen npm setup --user', QUICK_SECONDS).action((options: SetUpOptions) => {
    choose(command, async (context) => (await import('./commands/set-up-npm.ts')).setUpNpm(wishOf(options))(context))
  })
}

/** `npm unsetup` */
export const npmTakeOutCommand = (choose: OnChoice): Command => {
  const command = changing(new Command('unsetup').description('let them ask whom they asked before'))
  return share(command, 'ggen npm unsetup --user', QUICK_SECONDS).action((options: SetUpOptions) => {
    choose(command, async (context) => (await import('./commands/set-up-npm.ts')).takeOutNpm(wishOf(options))(context))
  })
}
