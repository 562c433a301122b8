import { Command, Option } from 'commander'
import { type IdentityId, LIMITS } from '#core'
import type { ExportOptions } from './commands/export-key.ts'
import type { MakeOptions } from './commands/make-identity.ts'
import type { GuardOptions } from './commands/passphrase.ts'
import { collect, type OnChoice, readHold, readPublisher, readSignatures, readSpan, share } from './options.ts'

const SECONDS = 60

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

const unlockCommand = (choose: OnChoice): Command => {
  const command = new Command('unlock')
    .description('let an agent sign with the release key for a while, without asking for the passphrase again')
    .option('--for <time>', 'for so long: 30s, 10m or 2h, at most 12h (default: 10m)', readHold)
    .option('--ask', 'stay here, and ask before each signature')
  return share(command, 'ggen id unlock --for 1h').action(({ for: forMs = LIMITS.agentHoldMs, ask: asks = false }: { for?: number; ask?: boolean }) => {
    choose(command, async (context) => (await import('./commands/unlock-key.ts')).unlockKey({ forMs, asks })(context))
  })
}

const lockCommand = (choose: OnChoice): Command => {
  const command = new Command('lock').description('end the agent, so that the passphrase is asked for again')
  return share(command, 'ggen id lock').action(() => {
    choose(command, async (context) => (await import('./commands/lock-agent.ts')).lockAgent()(context))
  })
}

/** What `unlock` leaves behind; nobody types it. */
const agentCommand = (choose: OnChoice): Command => {
  const command = new Command('agent').description('hold the key that comes through a pipe')
  return share(command, 'ggen id unlock').action(() => {
    choose(command, async (context) => (await import('./commands/hold-key.ts')).beAgent()(context))
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

const rotateCommand = (choose: OnChoice): Command => {
  const command = new Command('rotate')
    .description('replace the key that publishes from here; what it signed until now still counts')
    .option('--label <text>', 'what to call the new key')
  return share(command, 'ggen id rotate', SECONDS).action((options: { readonly label?: string }) => {
    choose(command, async (context) => (await import('./commands/change-keys.ts')).rotateKey(options)(context))
  })
}

interface AddFlags extends Pick<GuardOptions, 'passphrase'> {
  readonly label: string
  readonly names?: readonly string[]
  readonly for?: number
  readonly auto?: boolean
}

const addCommand = (choose: OnChoice): Command => {
  const command = new Command('add-key')
    .description('make a release key for another machine, and write it to a file for that one')
    .argument('<file>', 'a path where nothing is yet')
    .requiredOption('--label <text>', 'what to call it')
    .option('--names <patterns>', 'only for these packages: names, prefix.*, @scope/*', collect)
    .option('--for <time>', 'until then: 90d, 12h', readSpan)
    .option('--auto', 'a machine holds it: it never counts as a person')
    .option('--no-passphrase', 'do not encrypt the file')
  const example = 'ggen id add-key ./ci.age --label ci --names io.acme.* --for 90d --auto'
  return share(command, example, SECONDS).action((file: string, { for: spanMs, ...options }: AddFlags) => {
    const expires = spanMs === undefined ? {} : { expires: Math.floor((Date.now() + spanMs) / 1000) }
    choose(command, async (context) => (await import('./commands/change-keys.ts')).addKey(file, { ...options, ...expires })(context))
  })
}

const revokeCommand = (choose: OnChoice): Command => {
  const command = new Command('revoke')
    .description('let a release key speak no more: it was stolen, or its machine is gone')
    .argument('<key>', 'its label, or the beginning of the key')
    .option('--not-mine <releases>', 'releases that you did not make: NAME@VERSION; they and what came after do not count', collect)
  return share(command, 'ggen id revoke ci --not-mine my-tool@9.9.9', SECONDS).action((key: string, options: { readonly notMine?: readonly string[] }) => {
    choose(command, async (context) => (await import('./commands/change-keys.ts')).revokeKey(key, options)(context))
  })
}

const needCommand = (choose: OnChoice): Command => {
  const command = new Command('need')
    .description('say how many of your keys have to sign a release')
    .argument('<signatures>', 'how many', readSignatures)
    .option('--human <number>', 'how many of them people hold', readSignatures)
  return share(command, 'ggen id need 2 --human 1', SECONDS).action((need: number, { human }: { readonly human?: number }) => {
    choose(command, async (context) => (await import('./commands/change-keys.ts')).changeNeed({ need, ...(human !== undefined && { human }) })(context))
  })
}

const domainsCommand = (choose: OnChoice): Command => {
  const command = new Command('domains')
    .description('say for which domains you speak; each has to name you too')
    .argument('[domains...]', 'all of them; none: for no domain any more')
  return share(command, 'ggen id domains acme.io', SECONDS).action((domains: readonly string[]) => {
    choose(command, async (context) => (await import('./commands/change-keys.ts')).changeDomains(domains)(context))
  })
}

const recoverCommand = (choose: OnChoice): Command => {
  const command = new Command('recover')
    .description('get an identity back with its recovery words, when its machine is lost')
    .argument('<identity>', 'the whole identity, as ggen info shows it', readPublisher)
    .option('--label <text>', 'what to call the key of this machine')
  return share(withGuard(command), 'ggen id recover bafyrei…', SECONDS).action((identity: IdentityId, options: MakeOptions) => {
    choose(command, async (context) => (await import('./commands/change-keys.ts')).recoverIdentity(identity, options)(context))
  })
}

/** `id`, and what can be done with the identity of this machine. */
export const identityCommands = (choose: OnChoice): Command => {
  const group = new Command('id').description('look after the identity of this machine and its keys').addHelpText('after', '\nExample:\n  $ ggen id show')
  for (const make of [
    showCommand, createCommand, unlockCommand, lockCommand, protectCommand, backupCommand, exportCommand, importCommand, rotateCommand, addCommand,
    revokeCommand, needCommand, domainsCommand, recoverCommand,
  ]) group.addCommand(make(choose))
  group.addCommand(agentCommand(choose), { hidden: true })
  return group
}
