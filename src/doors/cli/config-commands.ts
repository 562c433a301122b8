import { Command } from 'commander'
import { type OnChoice, share } from './options.ts'

const QUICK_SECONDS = 10

const showCommand = (choose: OnChoice): Command => {
  const command = new Command('show')
    .description('show every setting, or those whose key begins with a word')
    .argument('[keys...]', 'registry, p2p.gossipsub')
    .option('--origin', 'say where each value came from')
  const shared = share(command, 'ggen config show registry --origin', QUICK_SECONDS)
  return shared.action((keys: readonly string[], { origin = false }: { readonly origin?: boolean }) => {
    choose(command, async (context) => (await import('./commands/show-config.ts')).showConfig({ keys, withOrigin: origin })(context))
  })
}

const validateCommand = (choose: OnChoice): Command => {
  const command = new Command('validate')
    .description('read everything that configures ggen, and say what is wrong')
    .argument('[file]', 'read this file in place of config.toml')
  return share(command, 'ggen config validate').action((file: string | undefined) => {
    choose(command, async (context) => (await import('./commands/show-config.ts')).validateConfig(file)(context))
  })
}

const pathCommand = (choose: OnChoice): Command => {
  const command = new Command('path').description('show where the files are that configure ggen')
  return share(command, 'ggen config path').action(() => {
    choose(command, async (context) => (await import('./commands/show-config.ts')).showConfigPath()(context))
  })
}

/** `config show|validate|path` */
export const configCommands = (choose: OnChoice): Command => {
  const config = new Command('config').description('show and check settings').addHelpText('after', '\nExample:\n  $ ggen config show --origin')
  for (const make of [showCommand, validateCommand, pathCommand]) config.addCommand(make(choose))
  return config
}
