import { Command, Option } from 'commander'
import type { Flags } from '#config'
import type { LimitsChange } from '#core'
import type { LimitsQuestion } from '#doors/control'
import { type OnChoice, readRate, share } from './options.ts'

interface StartOptions extends Flags {
  readonly detach?: boolean
  readonly daemon?: boolean
  readonly json?: boolean
  readonly timeout: number
}

const QUICK_SECONDS = 30
const START_SECONDS = 60

/** What was typed; everything else is said by other sources. */
const toFlags = ({ detach: _detach, daemon: _daemon, json: _json, timeout: _timeout, ...flags }: StartOptions): Flags => flags

type LimitOptions = { readonly [Limit in keyof LimitsChange]: number | 'none' } & { readonly reset?: boolean }

const LIMIT_OPTIONS = ['up', 'down', 'perPeer'] as const

const toQuestion = (options: LimitOptions): LimitsQuestion | undefined => {
  if (options.reset === true) return { reset: true }
  const change = LIMIT_OPTIONS.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key] === 'none' ? null : options[key]] as const]))
  return change.length === 0 ? undefined : (Object.fromEntries(change) satisfies LimitsChange)
}

/** `start` */
export const startCommand = (choose: OnChoice): Command => {
  const command = new Command('start')
    .description('run a node: in this terminal, or with --detach in the background')
    .option('-l, --listen <address...>', 'listen on these addresses (default: /ip4/0.0.0.0/tcp/4001, or a free port)')
    .option('-b, --bootstrap <address...>', 'connect to these nodes first')
    .option('--mdns', 'find nodes on the local network (default)')
    .option('--no-mdns', 'do not look on the local network')
    .option('--network <name>', 'join this network (default: main)')
    .option('--light', 'keep no catalogue, ask peers instead')
    .option('--publish', 'let packages be published from here (default)')
    .option('--no-publish', 'publish nothing from here, as on a machine that only builds')
    .option('--dht-server', 'let others find peers through this node (default)')
    .option('--no-dht-server', 'ask others, and serve nobody as a way to others')
    .addOption(new Option('--topic <name>', 'a name of the one topic of the network; changes nothing').hideHelp())
    .option('--config <file>', 'read this file in place of config.toml')
    .option('--bulk-port <port>', 'carry packages over this TCP port, or off (default: 4002, or a free port)')
    .option('--http-port <port>', 'let npm, pnpm, yarn and bun ask over this TCP port, or off (default: 4003, or a free port)')
    .option('--control-port <port>', 'let programs on this machine ask over this TCP port, with a token (default: off)')
    .option('--idle <time>', 'end when nobody has asked anything for so long, or off (default: off)')
    .option('--detach', 'leave the node running in the background')
    .addOption(new Option('--daemon', 'the same as --detach').hideHelp())
  return share(command, 'ggen p2p start --bootstrap /dns4/node.example/tcp/4001', START_SECONDS).action((options: StartOptions) => {
    const start = { flags: toFlags(options), detach: options.detach === true || options.daemon === true, timeoutSeconds: options.timeout }
    choose(command, async (context) => (await import('./commands/start-node.ts')).startNode(start)(context))
  })
}

/** `status` */
export const statusCommand = (choose: OnChoice): Command => {
  const command = new Command('status').description('show how the node is doing')
  return share(command, 'ggen p2p status --json', QUICK_SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/show-status.ts')).showStatus()(context))
  })
}

/** `peers` */
export const peersCommand = (choose: OnChoice): Command => {
  const command = new Command('peers')
    .description('show who the node is connected to')
    .argument('[peer]', 'this one alone: a peer id, or an address that names it')
  return share(command, 'ggen p2p peers', QUICK_SECONDS).action((peer: string | undefined) => {
    choose(command, async (context) => (await import('./commands/list-peers.ts')).listPeers(peer)(context))
  })
}

/** `connect` */
export const connectCommand = (choose: OnChoice): Command => {
  const command = new Command('connect')
    .description('connect to other nodes now')
    .argument('<address...>', 'where they are: /dns4/node.example/tcp/4001, or PEER@ADDRESS')
  return share(command, 'ggen p2p connect /dns4/node.example/tcp/4001', START_SECONDS).action((addresses: readonly string[]) => {
    choose(command, async (context) => (await import('./commands/connect.ts')).connect(addresses)(context))
  })
}

/** `limit` */
export const limitCommand = (choose: OnChoice): Command => {
  const command = new Command('limit')
    .description('show or change how much of the connection the node may take')
    .option('--up <rate>', 'send at most this much a second: 5MB, 500 kB, 8 Mbit, or none', readRate)
    .option('--down <rate>', 'receive at most this much a second', readRate)
    .option('--per-peer <rate>', 'exchange at most this much a second with one peer, each way', readRate)
    .addOption(new Option('--reset', 'go back to what config.toml says').conflicts([...LIMIT_OPTIONS]))
  return share(command, 'ggen p2p limit --up 2MB --per-peer 500kB', QUICK_SECONDS).action((options: LimitOptions) => {
    const question = toQuestion(options)
    choose(command, async (context) => (await import('./commands/limit-bandwidth.ts')).limitBandwidth(question)(context))
  })
}

/** `stop` */
export const stopCommand = (choose: OnChoice): Command => {
  const command = new Command('stop').description('stop the node, and wait until it has ended')
  return share(command, 'ggen p2p stop', QUICK_SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/stop-node.ts')).stopNode()(context))
  })
}
