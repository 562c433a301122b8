import { Command } from 'commander'
import { npmKeepCommand, npmWarmCommand } from './npm-lockfile-commands.ts'
import { npmSetUpCommand, npmTakeOutCommand } from './npm-setup-commands.ts'
import { type OnChoice, readSpan, share } from './options.ts'

const QUICK_SECONDS = 30
const DAY_MS = 24 * 60 * 60 * 1000

/** `with` */
export const withCommand = (choose: OnChoice): Command => {
  const command = new Command('with')
    .description('run npm, pnpm, yarn or bun with this node as their registry; untouched where no node runs')
    .argument('<command...>', 'what to run, with its own options')
  return share(command, 'ggen with npm ci', QUICK_SECONDS).action((words: readonly string[]) => {
    choose(command, async (context) => (await import('./commands/run-with.ts')).runWith(words)(context))
  })
}

/** `npm [setup|unsetup|warm|keep|probe|token|report]` */
export const npmCommand = (choose: OnChoice): Command => {
  const npm = new Command('npm').description('show where npm, pnpm, yarn and bun can ask this node')
  share(npm, 'ggen npm --json', QUICK_SECONDS).action(() => {
    choose(npm, async (context) => (await import('./commands/show-npm.ts')).showNpm()(context))
  })
  const token = new Command('token').description('print what a client shows that changes something here: the password of `npm login`')
  share(token, 'ggen npm token', QUICK_SECONDS).action(() => {
    choose(token, async (context) => (await import('./commands/show-npm.ts')).showNpmToken()(context))
  })
  const probe = new Command('probe').description('explain where a package would come from, step by step').argument('<package>', 'its name, or NAME@RANGE')
  share(probe, 'ggen npm probe react@^19', QUICK_SECONDS).action((spec: string) => {
    choose(probe, async (context) => (await import('./commands/show-npm.ts')).probeNpm(spec)(context))
  })
  const report = new Command('report').description('show where the archives of installs came from, and what failed')
    .option('--since <time>', 'look back so far (default: 1d)', readSpan, DAY_MS)
  share(report, 'ggen npm report --since 1h', QUICK_SECONDS).action(({ since }: { readonly since: number }) => {
    choose(report, async (context) => (await import('./commands/show-npm.ts')).reportNpm(since)(context))
  })
  const others = [npmSetUpCommand, npmTakeOutCommand, npmWarmCommand, npmKeepCommand].map((make) => make(choose))
  for (const command of [...others, probe, token, report]) npm.addCommand(command)
  return npm
}
