import { Command } from 'commander'
import type { IdentityId } from '#core'
import { blockCommand, blockedCommand, unblockCommand } from './following-commands.ts'
import { type OnChoice, readPublisher, share } from './options.ts'

const SECONDS = 60

/** `trust list` */
const listCommand = (choose: OnChoice): Command => {
  const command = new Command('list').description('show which names are bound to which publisher')
  return share(command, 'ggen trust list', SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/trust.ts')).listTrusted()(context))
  })
}

/** `trust add IDENTITY --name NAME` */
const addCommand = (choose: OnChoice): Command => {
  const command = new Command('add')
    .description('bind a name to a publisher, whatever it was bound to')
    .argument('<identity>', 'a whole identity, as ggen trust why NAME shows it', readPublisher)
    .requiredOption('--name <name>', 'the name of the package')
  return share(command, `ggen trust add bafyrei… --name my-tool`, SECONDS).action((identity: IdentityId, { name }: { readonly name: string }) => {
    choose(command, async (context) => (await import('./commands/trust.ts')).addTrusted(name, identity)(context))
  })
}

/** `trust remove NAME` */
const removeCommand = (choose: OnChoice): Command => {
  const command = new Command('remove').description('let a name go: the next install decides anew').argument('<name>', 'the name of the package')
  return share(command, 'ggen trust remove my-tool', SECONDS).action((name: string) => {
    choose(command, async (context) => (await import('./commands/trust.ts')).removeTrusted(name)(context))
  })
}

/** `trust why NAME` */
const whyCommand = (choose: OnChoice): Command => {
  const command = new Command('why').description('show everything that speaks for whoever publishes under a name').argument('<name>', 'the name of the package')
  return share(command, 'ggen trust why io.ggen.rust.cli', SECONDS).action((name: string) => {
    choose(command, async (context) => (await import('./commands/trust.ts')).explainTrust(name)(context))
  })
}

/** `trust` and what is under it. */
export const trustCommand = (choose: OnChoice): Command => {
  const trust = new Command('trust').description('decide whose packages the names mean').addHelpText('after', '\nExample:\n  $ ggen trust why NAME')
  for (const make of [listCommand, addCommand, removeCommand, whyCommand, blockCommand, unblockCommand, blockedCommand]) trust.addCommand(make(choose))
  return trust
}
