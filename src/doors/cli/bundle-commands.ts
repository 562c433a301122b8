import { Command } from 'commander'
import type { BundleOptions } from './commands/carry-bundle.ts'
import { type OnChoice, share } from './options.ts'

const SECONDS = 3600

/** `bundle LOCKFILE... -o FILE` */
export const bundleCommand = (choose: OnChoice): Command => {
  const command = new Command('bundle')
    .description('put everything that lock files name into one file, for machines without a network')
    .argument('<lockfile...>', 'ggen.lock, package-lock.json, npm-shrinkwrap.json, pnpm-lock.yaml, yarn.lock or bun.lock')
    .requiredOption('-o, --output <file>', 'the new file: NAME.ggen-bundle')
    .option('--private', 'take in what came with credentials, has a private name, or is told in your private network alone')
  return share(command, 'ggen bundle package-lock.json -o project.ggen-bundle', SECONDS).action((lockfiles: readonly string[], options: BundleOptions) => {
    choose(command, async (context) => (await import('./commands/carry-bundle.ts')).makeBundle(lockfiles, options)(context))
  })
}
