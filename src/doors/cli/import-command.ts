import { Command } from 'commander'
import type { ImportOptions } from './commands/import-index.ts'
import { collect, type OnChoice, share } from './options.ts'

const SECONDS = 3600

/** `import INDEX` */
export const importCommand = (choose: OnChoice): Command => {
  const command = new Command('import')
    .description('mirror the packages of another registry into the network')
    .argument('<index>', 'the address or path of its index, or of the folder that holds it')
    .option('--only <name>', 'nothing but this package; may be repeated', collect)
    .option('--of <address>', 'what it is a copy of, where it was brought from elsewhere')
    .option('--dry-run', 'show what would be done')
    .option('--keyring', 'if the mirror is new, the keyring of the system protects its keys')
    .option('--no-passphrase', 'if the mirror is new, do not encrypt its keys')
  return share(command, 'ggen import https://packs.example.org/index.json', SECONDS).action((index: string, options: ImportOptions) => {
    choose(command, async (context) => (await import('./commands/import-index.ts')).importIndex(index, options)(context))
  })
}
