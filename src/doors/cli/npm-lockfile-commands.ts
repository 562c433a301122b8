import { Command } from 'commander'
import { type OnChoice, share } from './options.ts'

const FETCH_SECONDS = 3600

/** `npm warm` */
export const npmWarmCommand = (choose: OnChoice): Command => {
  const command = new Command('warm')
    .description('bring everything that lock files need into this node, before anybody installs it')
    .argument('<lockfile...>', 'package-lock.json, pnpm-lock.yaml, yarn.lock, bun.lock')
  return share(command, 'ggen npm warm package-lock.json', FETCH_SECONDS).action((paths: readonly string[]) => {
    choose(command, async (context) => (await import('./commands/warm-npm.ts')).warmNpm(paths)(context))
  })
}
