import { Command, Option } from 'commander'
import type { ExportOptions } from './commands/export-key.ts'
import type { MakeOptions } from './commands/make-identity.ts'
import type { GuardOptions } from './commands/passphrase.ts'
import { type OnChoice, share } from './options.ts'

const withGuard = (command: Command): Command =>
  command
    .option('--keyring', 'encrypt the keys for the keyring of the system')
    .addOption(new Option('--no-passphrase', 'do not encrypt the keys').conflicts('keyring'))

const showCommand = (choose: OnChoice): Command => {
  const command = new Command('show').description('show the identity of this machine and its keys')
  return share(command, 'ggen id show').action(() => {
    choose(command, async (context) => (await import('./commands/show-identity.ts')).showIdentity()(context))
  })
}

const createCommand = (choose: OnChoice): Command => {
  const command = new Command('create')
    .description('become a publisher, as the first publish does')
    .option('--label <text>', 'what to call the key of this machine')
  return share(withGuard(command), 'ggen id create --label laptop').action((options: MakeOptions) => {
    choose(command, async (context) => (await import('./commands/create-identity.ts')).createIdentity(options)(context))
  })
}

const protectCommand = (choose: OnChoice): Command => {
  const command = withGuard(new Command('protect').description('encrypt the keys with a new passphrase, or in another way'))
  return share(command, 'ggen id protect').action((options: GuardOptions) => {
    choose(command, async (context) => (await import('./commands/protect-identity.ts')).protectIdentity(options)(context))
  })
}

const backupCommand = (choose: OnChoice): Command => {
  const command = new Command('backup').description('write everything of the identity to an encrypted file').argument('<file>', 'a path where nothing is yet')
  return share(command, 'ggen id backup ./my-identity.age').action((file: string) => {
    choose(command, async (context) => (await import('./commands/backup-identity.ts')).backupIdentity(file)(context))
  })
}

const exportCommand = (choose: OnChoice): Command => {
  const command = new Command('export')
    .description('write a release key to a file, for a machine that publishes by itself')
    .argument('<file>', 'a path where nothing is yet')
    .option('--key <label>', 'which one, where there are several')
    .option('--no-passphrase', 'do not encrypt the file')
  return share(command, 'ggen id export ./ci-key.age').action((file: string, options: ExportOptions) => {
    choose(command, async (context) => (await import('./commands/export-key.ts')).exportKey(file, options)(context))
  })
}

const importCommand = (choose: OnChoice): Command => {
  const command = new Command('import')
    .description('make a backup or an exported key the identity of this machine')
    .argument('<file>', 'what backup or export wrote')
  return share(withGuard(command), 'ggen id import ./my-identity.age').action((file: string, options: GuardOptions) => {
    choose(command, async (context) => (await import('./commands/import-identity.ts')).importIdentity(file, options)(context))
  })
}

/** `id`, and what can be done with the identity of this machine. */
export const identityCommands = (choose: OnChoice): Command => {
  const group = new Command('id').description('look after the identity of this machine and its keys').addHelpText('after', '\nExample:\n  $ ggen id show')
  for (const make of [showCommand, createCommand, protectCommand, backupCommand, exportCommand, importCommand]) group.addCommand(make(choose))
  return group
}
