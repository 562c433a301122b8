import { Command, Option } from 'commander'
import { type OnChoice, readReplicas, readSpan, share } from './options.ts'

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

const REPLICAS = 3
const WAIT_MS = 60_000

interface KeepOptions {
  readonly replicas: number
  readonly wait: number
  readonly list?: true
  readonly drop?: true
}

/** `npm keep` */
export const npmKeepCommand = (choose: OnChoice): Command => {
  const command = new Command('keep')
    .description('keep everything that lock files need on this node, and copies on others of the private network')
    .argument('[lockfile...]', 'package-lock.json, pnpm-lock.yaml, yarn.lock, bun.lock')
    .option('--replicas <number>', 'on how many other nodes', readReplicas, REPLICAS)
    .option('--wait <time>', 'how long others get to fetch their copies (default: 1 min)', readSpan, WAIT_MS)
    .addOption(new Option('--list', 'show what is kept, what for, and how many copies others have').conflicts('drop'))
    .option('--drop', 'let go what these lock files keep, here and at others')
  return share(command, 'ggen npm keep package-lock.json --replicas 3', FETCH_SECONDS).action((paths: readonly string[], options: KeepOptions) => {
    const { replicas, wait: waitMs, list, drop } = options
    choose(command, async (context) => {
      const { dropKeptNpm, keepNpm, listKeptNpm } = await import('./commands/keep-npm.ts')
      if (list === true) return await listKeptNpm()(context)
      return drop === true ? await dropKeptNpm(paths)(context) : await keepNpm(paths, { replicas, waitMs })(context)
    })
  })
}
