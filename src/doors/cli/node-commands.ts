import { Command } from 'commander'
import type { Flags } from '#config'
import { type OnChoice, share } from './options.ts'

interface StartOptions {
  readonly listen?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly mdns?: boolean
  readonly network?: string
  readonly light?: boolean
  readonly detach?: boolean
  readonly timeout: number
}

const QUICK_SECONDS = 30
const START_SECONDS = 60

const toFlags = ({ listen, bootstrap, mdns, network, light }: StartOptions): Flags => ({
  ...(listen !== undefined && { listen }),
  ...(bootstrap !== undefined && { bootstrap }),
  ...(mdns !== undefined && { mdns }),
  ...(network !== undefined && { network }),
  ...(light !== undefined && { light }),
})

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
    .option('--detach', 'leave the node running in the background')
  return share(command, 'ggen p2p start --bootstrap /dns4/node.example/tcp/4001', START_SECONDS).action((options: StartOptions) => {
    const start = { flags: toFlags(options), detach: options.detach === true, timeoutSeconds: options.timeout }
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
  const command = new Command('peers').description('show who the node is connected to')
  return share(command, 'ggen p2p peers', QUICK_SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/list-peers.ts')).listPeers()(context))
  })
}

/** `stop` */
export const stopCommand = (choose: OnChoice): Command => {
  const command = new Command('stop').description('stop the node, and wait until it has ended')
  return share(command, 'ggen p2p stop', QUICK_SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/stop-node.ts')).stopNode()(context))
  })
}
