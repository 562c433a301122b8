import { Command, InvalidArgumentError, Option } from 'commander'
import type { Flags } from '#config'
import { GgenError, LIMITS } from '#core'
import { collect, type OnChoice, readSpan, share } from './options.ts'
import { readPlace, readUrl } from './read-place.ts'
import type { RegistryRequest } from './commands/world.ts'

interface ServeOptions {
  readonly listen: RegistryRequest['listen']
  readonly publicUrl?: string
  readonly replicas: number
  readonly proxy?: readonly string[]
  readonly tlsCert?: string
  readonly tlsKey?: string
  /** A name, or `false` for none. */
  readonly network?: string | false
  readonly p2pListen?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly mdns?: boolean
  readonly timeout: number
}

interface CreateOptions {
  readonly names: readonly string[]
  readonly expires: number
  readonly label?: string
}

const START_SECONDS = 60
const USUAL_PLACE = { host: '127.0.0.1', port: 4080 }
const MONTH_MS = 30 * 24 * 60 * 60 * 1000

const readReplicas = (text: string): number => {
  const replicas = Number(text)
  if (!/^\d+$/.test(text) || replicas > LIMITS.replicas) throw new InvalidArgumentError(`Give a number from 0 to ${LIMITS.replicas}.`)
  return replicas
}

const flagsOf = ({ network, p2pListen, bootstrap, mdns }: ServeOptions): Flags => ({
  ...(typeof network === 'string' && { network }),
  ...(p2pListen !== undefined && { listen: p2pListen }),
  ...(bootstrap !== undefined && { bootstrap }),
  ...(mdns !== undefined && { mdns }),
})

const tlsOf = ({ tlsCert, tlsKey }: ServeOptions): Pick<RegistryRequest, 'tls'> => {
  if (tlsCert === undefined && tlsKey === undefined) return {}
  if (tlsCert !== undefined && tlsKey !== undefined) return { tls: { certPath: tlsCert, keyPath: tlsKey } }
  throw new GgenError('usage', '--tls-cert and --tls-key belong together')
}

const requestOf = (options: ServeOptions): RegistryRequest => ({
  listen: options.listen,
  ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
  replicas: options.replicas,
  proxies: options.proxy ?? [],
  ...tlsOf(options),
  joinsNetwork: options.network !== false,
})

const serveCommand = (choose: OnChoice): Command => {
  const command = new Command('serve')
    .description('run a central registry: packages and publishing over HTTP, and a node of the network')
    .addOption(new Option('-l, --listen <host:port>', 'answer HTTP here').argParser(readPlace).default(USUAL_PLACE, '127.0.0.1:4080'))
    .option('--public-url <url>', 'where others reach it, for links in the catalog (default: where it listens)', readUrl)
    .option('--replicas <n>', 'acknowledge a publish when so many other nodes hold it, too', readReplicas, 0)
    .option('--proxy <address...>', 'believe these proxies, addresses or prefixes, for whom they ask', collect)
    .option('--tls-cert <file>', 'speak HTTPS with this certificate (PEM)')
    .option('--tls-key <file>', 'and its key')
    .option('--network <name>', 'join this network (default: main)')
    .option('--no-network', 'join none')
    .option('--p2p-listen <address...>', 'listen for other nodes on these addresses')
    .option('-b, --bootstrap <address...>', 'connect to these nodes first')
    .option('--mdns', 'find nodes on the local network (default)')
    .option('--no-mdns', 'do not look on the local network')
  return share(command, 'ggen registry serve --listen 0.0.0.0:4080 --public-url https://registry.example', START_SECONDS).action((options: ServeOptions) => {
    choose(command, async (context) => (await import('./commands/serve-registry.ts')).serveRegistry(flagsOf(options), requestOf(options))(context))
  })
}

const tokenCommands = (choose: OnChoice): Command => {
  const create = new Command('create')
    .description('let somebody publish; shows the token this once')
    .requiredOption('--names <pattern...>', 'for these names: io.acme.*, @scope/*, an exact one, or * for all', collect)
    .addOption(new Option('--expires <time>', 'for so long: 12h, 30d').argParser(readSpan).default(MONTH_MS, '30d'))
    .option('--label <text>', 'a note for yourself')
  share(create, "ggen registry token create --names 'io.acme.*' --expires 30d --label ci").action(({ names, expires, label = '' }: CreateOptions) => {
    choose(create, async (context) => (await import('./commands/registry-tokens.ts')).createToken({ names, forMs: expires, label })(context))
  })
  const list = new Command('list').description('show who may publish')
  share(list, 'ggen registry token list').action(() => {
    choose(list, async (context) => (await import('./commands/registry-tokens.ts')).listTokens()(context))
  })
  const revoke = new Command('revoke').description('end a token at once').argument('<id>', 'as ggen registry token list shows it')
  share(revoke, 'ggen registry token revoke 0123456789ab').action((id: string) => {
    choose(revoke, async (context) => (await import('./commands/registry-tokens.ts')).revokeToken(id)(context))
  })
  return new Command('token')
    .description('say who may publish to the registry of this home')
    .addHelpText('after', "\nExample:\n  $ ggen registry token create --names 'io.acme.*'")
    .addCommand(create)
    .addCommand(list)
    .addCommand(revoke)
}

/** `registry` */
export const registryCommands = (choose: OnChoice): Command =>
  new Command('registry')
    .description('run a central registry')
    .addHelpText('after', '\nExample:\n  $ ggen registry serve')
    .addCommand(serveCommand(choose))
    .addCommand(tokenCommands(choose))
