import { resolve } from 'node:path'
import { Command } from 'commander'
import { GgenError } from '#core'
import type { Run } from './commands/context.ts'
import type { ImportOptions } from './commands/import-index.ts'
import { collect, type OnChoice, share } from './options.ts'

const SECONDS = 3600

interface AllOptions extends ImportOptions {
  readonly trustKeys?: boolean
}

/** Options that say something of one kind alone. */
const OF_INDEX = ['of', 'only', 'dryRun', 'keyring', 'passphrase'] as const

/** A file that is a bundle is taken in; everything else is the index of another registry. Throws `usage` for an option that is of no use there. */
const importIt = (given: string, { trustKeys = false, ...options }: AllOptions): Run => async (context) => {
  const { world, environment: { platform: { workingFolder } } } = context
  const path = resolve(workingFolder, given)
  if (await world.isBundle(path)) {
    const useless = OF_INDEX.find((name) => options[name] !== undefined && !(name === 'passphrase' && options[name] === true))
    if (useless !== undefined) throw new GgenError('usage', `--${useless === 'dryRun' ? 'dry-run' : useless} says nothing of a bundle`)
    return await (await import('./commands/carry-bundle.ts')).importBundle(path, { trustKeys })(context)
  }
  if (trustKeys) throw new GgenError('usage', `--trust-keys is for bundles, and this is none: ${given}`)
  return await (await import('./commands/import-index.ts')).importIndex(given, options)(context)
}

/** `import INDEX|FILE` */
export const importCommand = (choose: OnChoice): Command => {
  const command = new Command('import')
    .description('take in a bundle, or mirror the packages of another registry into the network')
    .argument('<source>', 'a file that ggen bundle made, by its ending .ggen-bundle or how it begins; else the address or path of an index, or of its folder')
    .option('--trust-keys', 'of a bundle: take its keys for registries of which none are known here')
    .option('--only <name>', 'of an index: nothing but this package; may be repeated', collect)
    .option('--of <address>', 'of an index: what it is a copy of, where it was brought from elsewhere')
    .option('--dry-run', 'of an index: show what would be done')
    .option('--keyring', 'if the mirror is new, the keyring of the system protects its keys')
    .option('--no-passphrase', 'if the mirror is new, do not encrypt its keys')
  return share(command, 'ggen import project.ggen-bundle', SECONDS).action((source: string, options: AllOptions) => {
    choose(command, importIt(source, options))
  })
}
